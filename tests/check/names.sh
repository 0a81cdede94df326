#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Functions that are not used (STYLE 12), and names that are sofia-sip's.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh
build=build/test

# STYLE 12; and, in what is built, what has no place in a service either.
style='strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|localtime|gmtime|rand|alloca'
service="$style|stpcpy|strncpy|atol|atoll|strtok_r|ctime|asctime|srand|rand_r|tmpnam|mktemp|system|popen"

# calls BANNED FILE...: banned calls, with comments and strings taken away first.
calls() {
	banned=$1
	shift
	for f; do
		# -dD keeps the directives and -fpreprocessed keeps macros and headers out of it.
		cc -fpreprocessed -dD -E -P -x c "$f" 2>/dev/null | sed 's/"[^"]*"/""/g' |
			grep -oE "(^|[^A-Za-z0-9_>.])($banned)[[:space:]]*\(" |
			sed "s|^[^a-z]*|$f: |; s|[[:space:](]*\$||"
		cc -fpreprocessed -dD -E -P -x c "$f" 2>/dev/null |
			sed -E 's/sizeof[[:space:]]*(\*[A-Za-z0-9_>.-]+|\([^()]*\))/SIZE/g' |
			grep -oE '\bmalloc[[:space:]]*\([^()]*[A-Za-z0-9_][[:space:]]*\*[^()]*\)' |
			sed "s|^|$f: multiplies in |"
	done
}

# sofia LIBRARY: the names and the prefixes that it exports.  stun_ and http_ are left out: nothing here
# includes or uses those parts of the library, so only their very names are taken.
sofia() {
	nm -D --defined-only "$1" | awk 'NF == 3 { print $3 }' | sed 's/@.*//' | sort -u >"$scratch/sofia"
	sed -n 's/^\([a-z0-9]*_\).*/\1/p' "$scratch/sofia" | sort | uniq -c |
		awk '$1 >= 15 && $2 != "stun_" && $2 != "http_" { print $2 }' >"$scratch/prefixes"
}

# taken OBJECT-OR-ARCHIVE...: global names of ours that are sofia-sip's or look like it.
taken() {
	nm -g --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$scratch/ours"
	comm -12 "$scratch/ours" "$scratch/sofia" | sed 's/$/ is exported by sofia-sip/'
	awk 'NR == FNR { prefix[$1] = 1; next }
		{ i = index($1, "_"); p = substr($1, 1, i) }
		i && p in prefix { print $1 " has a prefix of sofia-sip" }' "$scratch/prefixes" "$scratch/ours"
}

plant bad.c <<'END'
#include <string.h>
/* strcat(a, b) in a comment is no call */
static const char *s = "gets(x)";
void f(char *a, int n) { strcpy(a, s); int i = atoi (a); p->rand(1); my_sprintf(a); a = malloc(n * 4); a = malloc(sizeof *q + 2); a = malloc(n * sizeof(struct x *)); }
END
found=$(calls "$style" "$scratch/bad.c")
finds 'strcpy is found' 'bad.c: strcpy' "$found"
finds 'atoi is found, with a space' 'bad.c: atoi' "$found"
finds 'malloc of a product is found' 'multiplies in malloc(n * 4)' "$found"
finds 'malloc of a product with a size is found' 'multiplies in malloc(n * SIZE)' "$found"
point 'comments, strings, members and other names are left alone' \
	"$(printf '%s\n' "$found" | grep -E 'strcat|gets|rand|sprintf|SIZE [+]')"
lib=$(find /usr/lib -name libsofia-sip-ua.so 2>/dev/null | head -n 1)
sofia "$lib"
plant taken.c <<'END'
int su_home_new(int a) { return a; }
int sip_of_ours(int a) { return a; }
int trunk_new(int a) { return a; }
static int nta_inner(int a) { return a; }
int trunk_use(int a) { return nta_inner(a); }
END
cc -c -o "$scratch/taken.o" "$scratch/taken.c" || echo 'Bail out! cc failed'
found=$(taken "$scratch/taken.o")
finds 'a name of sofia-sip is found' 'su_home_new is exported' "$found"
finds 'a prefix of sofia-sip is found' 'sip_of_ours has a prefix' "$found"
point 'our own names and static ones are left alone' "$(printf '%s\n' "$found" | grep -E 'trunk|inner')"
if ! $self_test_only; then
	# shellcheck disable=SC2046 # no name of ours has a space in it
	point 'no banned function in src/' "$(calls "$service" $(files 'src/*.[ch]'))"
	# shellcheck disable=SC2046 # no name of ours has a space in it
	point 'no banned function in tests/ and bench/' "$(calls "$style" $(files 'tests/*.[ch]' 'bench/*.[ch]'))"
	set -- "$build"/src/*/lib*.a
	if [ -f "$1" ]; then
		point "no name of sofia-sip ($# archives)" "$(taken "$@")"
	else
		point 'no name of sofia-sip' "there is no archive in $build: run ./test --only build"
	fi
fi
plan
