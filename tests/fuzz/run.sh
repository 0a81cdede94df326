#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# tests/fuzz/run.sh [--seconds N | --minutes N | --hours N] [--jobs N] [--only NAME[,NAME...]] [BUILD_DIR]
#
# Runs every fuzz target for so long (default 5 seconds) and reports in TAP.  BUILD_DIR (default
# build/fuzz) is set up with clang if it is not there yet, and brought up to date.  The repository is
# never written; what made a target fail is kept in BUILD_DIR/crashes/, and the report says how to run
# it again.  A target has its words in fuzz_NAME.c, its seeds in corpus/NAME/, its dictionary, where it has
# one, in NAME.dict.
#
# With --minutes or --hours it is a long run: at nice 19, two targets at a time (--jobs), and what they find
# is kept in BUILD_DIR/corpus/.  Each target's row goes into BUILD_DIR/results (or $FUZZ_RESULTS) when it is done,
# and a target whose row is there is not run again: a run that was stopped goes on where it was.  Remove
# the file to begin anew.  The table is printed at the end.
set -u
cd "$(dirname "$0")/../.." || exit 1
. dist/setup.sh

usage() {
	sed -n '4s/^# //p' tests/fuzz/run.sh
	exit "$1"
}

seconds=5 long=false jobs=1 only='' build=build/fuzz
while [ $# -gt 0 ]; do
	case $1 in
	--seconds | --minutes | --hours | --jobs | --only)
		[ $# -ge 2 ] || usage 2 >&2
		case $1 in
		--only) ;;
		*) case $2 in '' | 0* | *[!0-9]*) usage 2 >&2 ;; esac ;;
		esac
		case $1 in
		--seconds) seconds=$2 long=false ;;
		--minutes) seconds=$(($2 * 60)) long=true ;;
		--hours) seconds=$(($2 * 3600)) long=true ;;
		--jobs) jobs_asked=$2 ;;
		--only) only=$2 ;;
		esac
		shift
		;;
	-h | --help) usage 0 ;;
	-*) usage 2 >&2 ;;
	*) build=$1 ;;
	esac
	shift
done
! $long || jobs=2
jobs=${jobs_asked:-$jobs}
results=${FUZZ_RESULTS:-$build/results}

# Beyond these a target is stuck or greedy: no input takes a second, none needs half of this memory.  A long
# run shares its processor, and its corpus and the sanitizer's quarantine are in memory too.
input_seconds=10 memory_mb=1024
! $long || input_seconds=60 memory_mb=2048

temporary=$(mktemp -d) || exit 1
workers=''
# A stopped run takes its targets with it.
# shellcheck disable=SC2317,SC2086 # called by the traps; a list of numbers
cleanup() {
	[ -z "$workers" ] || kill $workers 2>/dev/null
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
	program=$build/tests/fuzz/fuzz_$1 seeds=tests/fuzz/corpus/$1 found=$temporary/$1
	if ! [ -x "$program" ]; then
		echo "$program was not built: is it in tests/fuzz/meson.build?" >"$2"
		return 1
	fi
	if ! [ -d "$seeds" ]; then
		echo "there is no seed corpus $seeds/" >"$2"
		return 1
	fi
	! $long || found=$build/corpus/$1
	mkdir -p "$found" "$build/crashes"
	set -- "$1" "$2" -max_total_time="$seconds" -timeout="$input_seconds" \
		-rss_limit_mb="$memory_mb" -print_final_stats=1 -artifact_prefix="$build/crashes/$1-"
	[ ! -f "tests/fuzz/$1.dict" ] || set -- "$@" -dict="tests/fuzz/$1.dict"
	log=$2
	shift 2
	UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}" \
		"$program" "$@" "$found" "$seeds" >"$log" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=''
	return $status
}

stat_of() {
	sed -n "s/^stat::$2: *//p" "$1"
}

# The last line of progress knows what was reached: "#N DONE cov: A ft: B corp: C/D ...".
reached() {
	sed -n "s/^#[0-9].* $2: \([0-9]*\).*/\1/p" "$1" | tail -n 1
}

# keep_row NAME LOG SECONDS: what the long run found out about a target.
keep_row() {
	crashes=$(find "$build/crashes" -name "$1-*" -newer "$temporary/begin" | wc -l)
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$3" "$(stat_of "$2" number_of_executed_units)" \
		"$(stat_of "$2" average_exec_per_sec)" "$(reached "$2" cov)" "$(reached "$2" ft)" \
		"$crashes" >>"$results"
}

# Its row says that it ran for as long as is asked, or that it crashed.
is_done() {
	$long && [ -f "$results" ] &&
		awk -F '\t' -v name="$1" -v s="$seconds" '$1 == name && ($2 >= s || $7 > 0) { n++ } END { exit !n }' "$results"
}

one() {
	if is_done "$2"; then
		echo "ok $1 - fuzz $2 # SKIP its row is in $results"
		return
	fi
	log=$temporary/$2.log
	begun=$(date +%s)
	run_target "$2" "$log"
	status=$?
	! $long || keep_row "$2" "$log" $(($(date +%s) - begun))
	if [ $status -eq 0 ] && [ -n "$(stat_of "$log" number_of_executed_units)" ]; then
		echo "ok $1 - fuzz $2 ($seconds s, $(stat_of "$log" number_of_executed_units) runs)"
		return
	fi
	: >"$temporary/failed"
	{
		echo "not ok $1 - fuzz $2"
		tail -n 40 "$log" | sed 's/^/# /'
		echo "# again: $build/tests/fuzz/fuzz_$2 FILE"
	} >"$temporary/$2.report"
	cat "$temporary/$2.report"
}

# work FIRST NAME...: every jobs-th target from this one on; all take the same time.
work() {
	child=''
	trap '[ -z "$child" ] || kill "$child" 2>/dev/null' EXIT
	trap 'exit 143' INT TERM HUP
	at=$1
	shift
	i=0
	for name; do
		i=$((i + 1))
		[ $((i % jobs)) -ne $((at % jobs)) ] || one $i "$name"
	done
}

table() {
	row='# %-16s %8s %12s %8s %8s %10s %8s\n'
	# shellcheck disable=SC2059 # the format is above
	printf "$row" target seconds runs runs/s edges features crashes
	awk -F '\t' -v row="$row" '{ printf row, $1, $2, $3, $4, $5, $6, $7 }' "$results"
}

names=''
for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	name=${name%.c}
	case ",${only:-$name}," in
	*",$name,"*) names="$names $name" ;;
	esac
done
# shellcheck disable=SC2086 # names have no blanks
set -- $names
[ $# -gt 0 ] || {
	echo "there is no fuzz target \"$only\"" >&2
	exit 2
}

echo "1..$#"
: >"$temporary/begin"
! $long || renice -n 19 -p $$ >/dev/null
if ! build_targets >"$temporary/build.log" 2>&1; then
	tail -n 30 "$temporary/build.log" | sed 's/^/# /'
	echo 'Bail out! the fuzz targets could not be built'
	exit 1
fi
worker=1
while [ $worker -le "$jobs" ]; do
	work $worker "$@" &
	workers="$workers $!"
	worker=$((worker + 1))
done
# shellcheck disable=SC2086 # a list of numbers
wait $workers
workers=''
! $long || table
[ ! -f "$temporary/failed" ]
