#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Branch coverage of the routing core by its own unit tests: per file the branches that were taken, then each
# line with one that never was.  The random test runs 100,000 events of its million.
set -eu
cd "$(dirname "$0")/.."
build=build/coverage
case ${1:-} in
-h | --help)
	echo 'tests/coverage.sh [EVENTS]   EVENTS: of the random test (default: 100000)'
	exit 0
	;;
esac

[ -f $build/build.ninja ] || meson setup $build -Dtests=true -Db_coverage=true -Db_ndebug=true >/dev/null
find $build/src/core -name '*.gcda' -delete
for t in acd acd_alloc acd_check acd_regain acd_extent acd_restore acd_rules acd_random; do
	nice ninja -C $build tests/unit/acd/test_$t >/dev/null
	ACD_RANDOM_EVENTS=${1:-100000} $build/tests/unit/acd/test_$t >/dev/null 2>&1 || {
		echo "test_$t failed" >&2
		exit 1
	}
done

# gcov writes its reports beside it; --branch-counts tells each branch under its line.
cd $build
rm -f ./*.gcov
gcov --branch-probabilities --branch-counts --object-directory src/core/libcore.a.p \
	src/core/libcore.a.p/acd_*.c.gcda >/dev/null 2>&1
awk '
	FNR == 1 { name = FILENAME; sub(/.*[#\/]/, "", name); sub(/\.gcov$/, "", name); if (name !~ /\.c$/) nextfile; names[++n] = name }
	/^ *[0-9#=*-]+\*?:/ { line = $0 }
	/^branch/ {
		all[name]++
		if ($0 ~ /taken 0|never executed/) {
			if (line != said) gaps[name] = gaps[name] "\n    " line
			said = line
		} else taken[name]++
	}
	END {
		for (i = 1; i <= n; i++) {
			a += all[names[i]]
			t += taken[names[i]]
			if (all[names[i]])
				printf "%-12s %4d of %4d branches, %5.1f %%%s\n", names[i], taken[names[i]], all[names[i]], 100 * taken[names[i]] / all[names[i]], gaps[names[i]]
		}
		printf "%-12s %4d of %4d branches, %5.1f %%\n", "all", t, a, 100 * t / a
	}' ./*.gcov
