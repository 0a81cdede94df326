#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# check.sh CLIP...      TAP: is each clip 16 kHz, mono, 16 bit, to be heard, not clipped; do those that
#                       repeat (music, ring) run from their end into their beginning without a click?
# check.sh --self-test  TAP: would it notice?
set -u
export LC_ALL=C.UTF-8

# good CLIP: prints what is wrong with it; nothing if nothing is.
good() {
	clip=$1
	form=$(soxi -e "$clip" 2>/dev/null)
	[ "$form" = 'Signed Integer PCM' ] || echo "encoding is \"$form\", not 16 bit"
	[ "$(soxi -r "$clip" 2>/dev/null)" = 16000 ] || echo 'not 16000 Hz'
	[ "$(soxi -c "$clip" 2>/dev/null)" = 1 ] || echo 'not one channel'
	sox -V1 "$clip" -n stats 2>&1 | awk '
		/^Pk lev dB/ { pk = $4; seen++ }
		/^RMS lev dB/ { rms = $4; seen++ }
		END {
			if (seen != 2) { print "sox cannot read it"; exit }
			if (pk == "-inf" || pk < -30) print "silent: peak " pk " dB"
			else if (pk > -0.5) print "clipped: peak " pk " dB"
			else if (rms < -40) print "too soft: " rms " dB"
			else if (rms > -18) print "too loud: " rms " dB"
		}'
	case ${clip##*/} in
	music* | ring*) seam "$clip" ;;
	esac
	case ${clip##*/} in
	music*)
		[ "$(soxi -D "$clip" 2>/dev/null | cut -d. -f1)" -ge 60 ] || echo 'shorter than a minute'
		;;
	esac
}

# The step over the seam may not be larger than a step within the clip.
seam() {
	sox -V1 "$1" -t dat - 2>/dev/null | awk '
		/^;/ { next }
		n++ == 0 { first = $2; last = $2; next }
		{ d = $2 - last; if (d < 0) d = -d; if (d > most) most = d; last = $2 }
		END { d = first - last; if (d < 0) d = -d; if (d > most * 1.2) print "clicks where it repeats" }'
}

point() { # NUMBER NAME WHAT-IS-WRONG
	if [ -z "$3" ]; then
		echo "ok $1 - $2"
	else
		echo "not ok $1 - $2"
		printf '%s\n' "$3" | sed 's/^/# /'
		status=1
	fi
}

status=0
n=0
if [ "${1-}" = --self-test ]; then
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	make() {
		sox -V1 -R -n "$@" 2>/dev/null || echo "Bail out! sox cannot make one of: $*"
	}
	plain='-r 16000 -c 1 -b 16 -e signed-integer'
	# shellcheck disable=SC2086 # words
	{
		make $plain "$tmp/good.wav" synth 1 sine 440 gain -20
		make $plain "$tmp/ring-good.wav" synth 1 sine 440 gain -20
		make -r 8000 -c 1 -b 16 "$tmp/rate.wav" synth 1 sine 440 gain -20
		make -r 16000 -c 1 -b 8 -e a-law "$tmp/alaw.wav" synth 1 sine 440 gain -20
		make -r 16000 -c 2 -b 16 "$tmp/stereo.wav" synth 1 sine 440 sine 440 gain -20
		make $plain "$tmp/silent.wav" trim 0 1
		make $plain "$tmp/clipped.wav" synth 1 sine 440 gain 6
		make $plain "$tmp/ring-click.wav" synth 1 sine 440.25 gain -20
		make $plain "$tmp/music-short.wav" synth 5 sine 440 gain -20
	}
	head -c 30 "$tmp/good.wav" >"$tmp/cut.wav"
	echo 1..10
	for name in good ring-good; do
		n=$((n + 1))
		point $n "a good clip passes: $name" "$(good "$tmp/$name.wav")"
	done
	while read -r name reason; do
		n=$((n + 1))
		found=$(good "$tmp/$name.wav")
		case $found in
		*"$reason"*) wrong='' ;;
		*) wrong="not noticed: $reason; but: $found" ;;
		esac
		point $n "a bad clip is found: $name" "$wrong"
	done <<-END
		rate not 16000 Hz
		alaw not 16 bit
		stereo not one channel
		silent silent
		clipped clipped
		ring-click clicks
		music-short shorter
		cut sox cannot read
	END
	exit $status
fi
echo "1..$#"
for clip; do
	n=$((n + 1))
	point $n "${clip##*/}" "$(good "$clip")"
done
exit $status
