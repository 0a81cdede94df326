#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# C is formatted by .clang-format; no line ends in blanks, in any text.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh
. dist/setup.sh

formatter=$(tool clang-format-14 clang-format) || formatter=

unformatted() {
	[ $# -eq 0 ] || "$formatter" --style=file --dry-run "$@" 2>&1 |
		sed -n 's/^\([^ ]*:[0-9]*\):[0-9]*: warning:.*/\1 is not formatted/p' | sort -u
}

blanks() {
	[ $# -eq 0 ] || grep -nE '[[:blank:]]+$' "$@" /dev/null | sed 's/^\([^:]*:[0-9]*\):.*/\1 ends in blanks/'
}

cp .clang-format "$scratch/"
plant bad.c <<'END'
int f( int a ){return a;}
END
plant good.c <<'END'
int f(int a)
{
	return a;
}
END
printf 'a \nb\n' | plant blank.txt
case $("${formatter:-true}" --version) in
*'version 14.'*)
	finds 'a line that is not formatted is found' 'bad.c:1 is not' "$(unformatted "$scratch/bad.c")"
	point 'a formatted file passes' "$(unformatted "$scratch/good.c")"
	# shellcheck disable=SC2046 # no name of ours has a space in it
	$self_test_only ||
		point 'C is formatted' "$(unformatted $(files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]'))"
	;;
*) skip 'C is formatted' 'the format is that of clang-format 14, which is not here' ;;
esac
finds 'blanks at the end are found' 'blank.txt:1 ends' "$(blanks "$scratch/blank.txt")"
# shellcheck disable=SC2046 # no name of ours has a space in it
$self_test_only || point 'no line ends in blanks' "$(blanks $(files '*.[ch]' '*.sh' '*.mjs' '*.js' \
	'*.css' '*.html' '*.build' '*.sql' '*.conf' run test))"
plan
