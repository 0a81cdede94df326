#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# clang-tidy (.clang-tidy) and cppcheck (cppcheck.txt) over src/, with the compile database.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh
. dist/setup.sh
build=build/test

tidy=$(tool clang-tidy-14 clang-tidy) || tidy=

# lint_tidy DATABASE FILE...: gcc's own warning flags are nothing to clang, so it is told to ignore them.
lint_tidy() {
	database=$1
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 "$tidy" -p "$database" --quiet \
		--extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument \
		2>/dev/null | grep -E '(warning|error):' | sed -E 's|^.*/src/|src/|' | sort -u
}

lint_cppcheck() {
	[ $# -eq 0 ] || cppcheck -q -j "$(nproc)" --std=c11 -Isrc -D_GNU_SOURCE '-DHEIMAMT_VERSION="0"' \
		--enable=warning,portability,performance --inline-suppr --error-exitcode=1 \
		--suppressions-list="$scratch/suppressions" --template='{file}:{line}: {id}: {message}' "$@" 2>&1
}

grep -v '^#' tests/check/cppcheck.txt >"$scratch/suppressions"
cp .clang-tidy "$scratch/"
plant bad.c <<'END'
int f(const int *p);
int f(const int *p)
{
	int x[4] = { 0 };
	if (p)
		return x[2];
	return x[4] + *p;
}
END
plant good.c <<'END'
int g(int a);
int g(int a)
{
	return a + 1;
}
END
printf '[%s,%s]' "{\"directory\":\"$scratch\",\"command\":\"cc -c bad.c\",\"file\":\"bad.c\"}" \
	"{\"directory\":\"$scratch\",\"command\":\"cc -c good.c\",\"file\":\"good.c\"}" |
	plant compile_commands.json
finds 'clang-tidy finds a null pointer followed' core.NullDereference \
	"$(lint_tidy "$scratch" "$scratch/bad.c")"
finds 'cppcheck finds an index out of bounds' arrayIndexOutOfBounds "$(lint_cppcheck "$scratch/bad.c")"
point 'a clean file passes' "$(lint_tidy "$scratch" "$scratch/good.c"; lint_cppcheck "$scratch/good.c")"
if ! $self_test_only; then
	# shellcheck disable=SC2046 # no name of ours has a space in it
	set -- $(files 'src/*.c')
	if [ -f $build/compile_commands.json ]; then
		point "clang-tidy ($# files)" "$(lint_tidy $build "$@")"
	else
		point 'clang-tidy' "there is no $build/compile_commands.json: run ./test --only build"
	fi
	point "cppcheck ($# files)" "$(lint_cppcheck "$@")"
fi
plan
