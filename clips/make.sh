#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Makes the default clips: WAV of 16 kHz, mono, 16 bit, the same samples on every run.
#
#   make.sh speech VOICE TEXTS NAME OUT    a line of a text file, spoken by espeak-ng
#   make.sh menu NAME OUT [VOICE TEXTS]... the line NAME of each text file in turn, in its own language, which offers a
#                                          key each: the first's is 1, the second's 2
#   make.sh music SCORE OUT                the waiting music; its end runs into its beginning
#   make.sh ring OUT                       what an agent hears while a call is offered; two seconds, loops
#   make.sh ringback OUT                   what an agent hears while it rings at a callback's; five seconds, loops
#   make.sh beep OUT
set -eu
export LC_ALL=C.UTF-8

# RMS below overload: far from clipping and from the noise of 16 bits.  How loud they are heard is made equal
# where they are loaded (src/main/clip_sound.c).
level_db=-24

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

# -R: repeatable; -D: no dither.
quiet_sox() {
	sox -V1 -R -D "$@"
}

# encode IN OUT: at the level.
encode() {
	rms=$(sox -V1 "$1" -n stats 2>&1 | awk '/^RMS lev dB/ { print $4 }')
	gain=$(awk -v have="$rms" -v want="$level_db" 'BEGIN { printf "%.2f", want - have }')
	quiet_sox "$1" -t wav -r 16000 -c 1 -b 16 -e signed-integer "$2" gain "$gain"
}

# said VOICE TEXTS NAME KEY OUT: as espeak-ng has it; %s in the text is the key.
said() {
	text=$(sed -n "s/^$3: //p" "$2" | sed "s/%s/$4/")
	[ -n "$text" ] || { echo "no text \"$3\" in $2" >&2; exit 1; }
	printf '%s\n' "$text" | espeak-ng -b 1 -v "$1" -s 150 -g 3 -w "$5"
}

# band IN LEAD-S OUT: the telephone's band, and the loudest syllables held back so that none is clipped.
band() {
	# What G722 and Opus carry (telephones take their own band of it), and the loudest syllables held back so that none is clipped.
	quiet_sox "$1" -b 16 "$3" gain -6 rate -h 16000 highpass 150 lowpass 7000 \
		compand 0.005,0.1 6:-60,-60,-30,-20,-12,-12,0,-9 0 -90 0.05 pad "$2" 0.4
}

speech() {
	said "$1" "$2" "$3" '' "$tmp/raw.wav"
	# Who is put on hold was just spoken to: the word comes at once.
	case $3 in hold) lead=0.02 ;; *) lead=0.3 ;; esac
	band "$tmp/raw.wav" "$lead" "$tmp/band.wav"
	encode "$tmp/band.wav" "$4"
}

menu() {
	name=$1 out=$2 key=0
	shift 2
	while [ $# -gt 0 ]; do
		key=$((key + 1))
		said "$1" "$2" "$name" $key "$tmp/raw.wav"
		band "$tmp/raw.wav" 0.3 "$tmp/part-$key.wav"
		shift 2
	done
	quiet_sox "$tmp"/part-?.wav -b 16 "$tmp/menu.wav"
	encode "$tmp/menu.wav" "$out"
}

bar_s=4
tail_s=4

# bar INDEX "PAD NOTES" "QUAVERS": one file that begins where the bar does in the piece.
bar() {
	bells='' delays='' n=0
	for note in $3; do
		if [ "$note" != - ]; then
					bells="$bells sine %$note"
			delays="$delays $(awk -v n="$n" 'BEGIN { print n * 0.5 }')"
		fi
		n=$((n + 1))
	done
	pads=''
	for note in $2; do
		pads="$pads sine %$note"
	done
	# shellcheck disable=SC2086 # a list of words
	quiet_sox -n -r 16000 -b 32 "$tmp/bells.wav" synth 2.6 $bells fade l 0.012 2.6 2.55 \
		delay $delays remix - gain -3
	# shellcheck disable=SC2086 # a list of words
	quiet_sox -n -r 16000 -b 32 "$tmp/pad.wav" synth 5.5 $pads fade h 1.6 5.5 2.2 remix - \
		tremolo 0.5 18 gain -13
	quiet_sox -m -v 1 "$tmp/bells.wav" -v 1 "$tmp/pad.wav" -b 32 "$tmp/bar-$1.wav" pad $(($1 * bar_s))
}

music() {
	bars=0
	while IFS='|' read -r pad quavers; do
		case $pad in '#'* | '') continue ;; esac
		bar $bars "$pad" "$quavers"
		bars=$((bars + 1))
	done <"$1"
	length=$((bars * bar_s)) out=$2
	set --
	for file in "$tmp"/bar-*.wav; do
		set -- "$@" -v 0.5 "$file"
	done
	quiet_sox -m "$@" -b 32 "$tmp/open.wav" pad 0 $tail_s trim 0 $((length + tail_s))
	# What rings on after the end is laid over the beginning ...
	quiet_sox "$tmp/open.wav" "$tmp/head.wav" trim 0 $length
	quiet_sox "$tmp/open.wav" "$tmp/tail.wav" trim $length $tail_s
	quiet_sox -m -v 1 "$tmp/head.wav" -v 1 "$tmp/tail.wav" "$tmp/loop.wav" trim 0 $length
	# ... and the room is added over three rounds, of which the middle one is kept.
	quiet_sox "$tmp/loop.wav" "$tmp/room.wav" repeat 2 reverb 35 60 80 highpass 200 lowpass 3000 \
		trim $length $length
	encode "$tmp/room.wav" "$out"
}

ring() {
	quiet_sox -n -r 16000 -b 16 "$tmp/ring.wav" synth 0.45 sine 659.26 sine 987.77 \
		fade l 0.03 0.45 0.4 delay 0 0.22 remix - pad 0 2 trim 0 2
	encode "$tmp/ring.wav" "$1"
}

# Swiss ringing tone: 425 Hz, one second on and four off (ITU-T E.180).
ringback() {
	quiet_sox -n -r 16000 -b 16 "$tmp/ringback.wav" synth 1 sine 425 fade h 0.02 1 0.02 pad 0 4
	encode "$tmp/ringback.wav" "$1"
}

beep() {
	quiet_sox -n -r 16000 -b 16 "$tmp/beep.wav" synth 0.2 sine 880 fade h 0.02 0.2 0.05 pad 0 0.25
	encode "$tmp/beep.wav" "$1"
}

case ${1-} in
speech | menu | music | ring | ringback | beep) "$@" ;;
*)
	sed -n '5,11s/^# *//p' "$0" >&2
	exit 2
	;;
esac
