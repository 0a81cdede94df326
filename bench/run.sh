#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds for release in build/bench and runs the seven benchmarks, one after the other.
set -eu
cd "$(dirname "$0")/.."
. dist/setup.sh

usage() {
	cat <<-'END'
	bench/run.sh [--acd | --simulate | --relay] [--json] [TALKS...]
	  Builds for release and prints what SRTP, DTLS, an event of the routing core, an entry of the ledger, decoded voice, a simulated call and a
	  relayed packet cost on this machine.  For the comparison it installs Debian's python3-simpy3 and
	  rtpengine-daemon, whose service is not to run.

	  --acd       only the routing core
	  --simulate  only the simulator and SimPy
	  --relay     only the last table: the relay, rtpengine, and what the kernel takes of both
	  --json      only that, as JSON; with --simulate the simulator and SimPy
	  TALKS       how many talks the relay has (default: 50 100 200)
	END
}

only_relay=false only_acd=false only_simulate=false json=''
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		usage
		exit 0
		;;
	--acd) only_acd=true ;;
	--simulate) only_simulate=true ;;
	--relay) only_relay=true ;;
	--json) json=--json ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || set -- 50 100 200
for talks; do
	case $talks in
	'' | *[!0-9]*)
		usage >&2
		fail "\"$talks\" is no number of talks" 'bench/run.sh 100' || exit 2
		;;
	esac
done

# shellcheck disable=SC2086,SC2154 # lists of words, from setup.sh
packages_need $packages_build $packages_test >&2

# build WHAT...: in build/bench.
build() {
	step bench-setup 'Preparing the build' 'a package that meson does not find: see the log.' \
		meson_setup build/bench --buildtype=release -Dtests=true >&2
	step bench-build 'Building' 'see the first error in the log.' ninja -C build/bench "$@" >&2
}

# The system's Python, whose package it is.
simulate() {
	if /usr/bin/python3 -c 'import simpy' 2>/dev/null; then
		/usr/bin/python3 bench/simulate.py "$@" build/bench/heimamt
	else
		say 'No SimPy: not compared.' >&2
	fi
}

if $only_acd; then
	build bench/bench_acd
	exec build/bench/bench/bench_acd
fi
packages_need python3-simpy3 >&2
if $only_simulate; then
	build heimamt
	# shellcheck disable=SC2086 # empty or one word
	simulate $json
	exit
fi
# Where nothing forbids it, installing starts the service; it must neither run beside the measurement nor later.
if [ -n "$(packages_missing rtpengine-daemon)" ]; then
	packages_need rtpengine-daemon >&2
	if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
		as_root systemctl disable --now rtpengine-daemon >&2
	fi
fi
build heimamt heimamt-relay bench/bench_srtp bench/bench_dtls bench/bench_acd bench/bench_ledger \
	bench/bench_sound bench/bench_relay

relay() {
	build/bench/bench/bench_relay "$@"
}

# shellcheck disable=SC2086 # empty or one word
if rtpengine=$(tool rtpengine); then
	set -- --rounds 3 $json --rtpengine "$rtpengine" build/bench/heimamt-relay "$@"
else
	set -- --rounds 3 $json build/bench/heimamt-relay "$@"
fi
if [ -n "$json" ]; then
	relay "$@"
	exit
fi
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u | head -n 1)
printf '\n%s\n' "Processor: ${processor:-unknown}, $(nproc) of them; load $(cut -d' ' -f1 /proc/loadavg)"
if ! $only_relay; then
	printf '\n%s\n' 'SRTP, here and in libsrtp2'
	build/bench/bench/bench_srtp
	printf '\n%s\n' 'DTLS, one line of a browser'
	build/bench/bench/bench_dtls
	printf '\n%s\n' 'The routing core, an event'
	build/bench/bench/bench_acd
	printf '\n%s\n' 'The ledger, next to SHA-256 alone'
	build/bench/bench/bench_ledger
	printf '\n%s\n' 'Voice that is decoded, and the codecs alone'
	build/bench/bench/bench_sound
	printf '\n%s\n' 'The simulator, and SimPy, on the same M/M/50'
	simulate
fi
printf '\n%s\n' 'The relay, a browser line and a plain leg a talk; the kernel alone; rtpengine'
relay "$@"
