#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# tests/fuzz/run.sh [--seconds N] [--only NAME] [BUILD_DIR]
#
# Runs every fuzz target for N seconds (default 5), one after the other, and reports in TAP.  BUILD_DIR
# (default build/fuzz) is set up with clang if it is not there yet, and brought up to date.  Each target
# works on a copy of its corpus, so that the repository is never written; what made one fail is kept
# in BUILD_DIR/crashes/, and the report says how to run it again.
set -u
cd "$(dirname "$0")/../.." || exit 1
. dist/setup.sh

usage() {
	echo 'tests/fuzz/run.sh [--seconds N] [--only NAME] [BUILD_DIR]' >&2
	exit 2
}

seconds=5 only='' build=build/fuzz
while [ $# -gt 0 ]; do
	case $1 in
	--seconds | --only)
		[ $# -ge 2 ] || usage
		if [ "$1" = --seconds ]; then seconds=$2; else only=$2; fi
		shift
		;;
	-*) usage ;;
	*) build=$1 ;;
	esac
	shift
done
case $seconds in '' | 0 | *[!0-9]*) usage ;; esac

# Beyond these a target is stuck or greedy: no input takes a second, none needs half of this memory.
input_seconds=10
memory_mb=1024

temporary=$(mktemp -d) || exit 1
child=''
# A stopped run takes its target with it.
# shellcheck disable=SC2317 # called by the traps
cleanup() {
	[ -z "$child" ] || kill "$child" 2>/dev/null
	rm -rf "$temporary"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

build_targets() {
	cc=$(tool clang-14 clang) || {
		echo 'there is no clang'
		return 1
	}
	CC=$cc meson_setup "$build" -Dtests=true -Dfuzz=true -Db_sanitize=address,undefined \
		-Db_lundef=false && ninja -C "$build" fuzzers
}

# run_target NAME LOG: status 0 when nothing was found; the target's words are in LOG.
run_target() {
	program=$build/tests/fuzz/fuzz_$1
	if ! [ -x "$program" ]; then
		echo "$program was not built: is it in tests/fuzz/meson.build?" >"$2"
		return 1
	fi
	mkdir -p "$temporary/$1" "$build/crashes"
	if ! [ -d "tests/fuzz/corpus/$1" ]; then
		echo "there is no seed corpus tests/fuzz/corpus/$1/" >"$2"
		return 1
	fi
	cp "tests/fuzz/corpus/$1"/* "$temporary/$1/"
	UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}" \
		"$program" -max_total_time="$seconds" -timeout="$input_seconds" \
		-rss_limit_mb="$memory_mb" -print_final_stats=1 \
		-artifact_prefix="$build/crashes/$1-" "$temporary/$1" >"$2" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=''
	return $status
}

runs_of() {
	sed -n 's/^stat::number_of_executed_units: *//p' "$1"
}

names=''
for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	name=${name%.c}
	if [ -z "$only" ] || [ "$only" = "$name" ]; then
		names="$names $name"
	fi
done
# shellcheck disable=SC2086 # names have no blanks
set -- $names
[ $# -gt 0 ] || {
	echo "there is no fuzz target \"$only\"" >&2
	exit 2
}

echo "1..$#"
if ! build_targets >"$temporary/build.log" 2>&1; then
	tail -n 30 "$temporary/build.log" | sed 's/^/# /'
	echo 'Bail out! the fuzz targets could not be built'
	exit 1
fi
i=0
failed=0
for name; do
	i=$((i + 1))
	log=$temporary/$name.log
	if run_target "$name" "$log" && [ -n "$(runs_of "$log")" ]; then
		echo "ok $i - fuzz $name ($seconds s, $(runs_of "$log") runs)"
		continue
	fi
	failed=1
	echo "not ok $i - fuzz $name"
	tail -n 40 "$log" | sed 's/^/# /'
	echo "# again: $build/tests/fuzz/fuzz_$name FILE"
done
exit $failed
