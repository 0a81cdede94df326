#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds for release in build/bench and runs the three benchmarks, one after the other.
set -eu
cd "$(dirname "$0")/.."
. dist/setup.sh

usage() {
	cat <<-'END'
	bench/run.sh [TALKS...]
	  Builds for release and prints what SRTP, DTLS and a relayed packet cost on this machine.

	  TALKS   how many talks the relay carries in the third table (default: 50 100 200)
	END
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac
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
packages_need $packages_build $packages_test
step bench-setup 'Preparing the build' 'a package that meson does not find: see the log.' \
	meson_setup build/bench --buildtype=release -Dtests=true
step bench-build 'Building' 'see the first error in the log.' \
	ninja -C build/bench heimamt-relay bench/bench_srtp bench/bench_dtls bench/bench_relay

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u | head -n 1)
printf '\n%s\n' "Processor: ${processor:-unknown}, $(nproc) of them; load $(cut -d' ' -f1 /proc/loadavg)"
printf '\n%s\n' 'SRTP, here and in libsrtp2'
build/bench/bench/bench_srtp
printf '\n%s\n' 'DTLS, one line of a browser'
build/bench/bench/bench_dtls
printf '\n%s\n' 'The relay, a browser line and a plain leg a talk'
for talks; do
	build/bench/bench/bench_relay build/bench/heimamt-relay "$talks" 5
done
