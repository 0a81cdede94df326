#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The core decides and does nothing else: its archive refers to no clock, file, socket, thread,
# environment or output, and allocates only where it begins and ends.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh
build=build/test

# Whole names.  Then: base's pure modules; then what compilers and sanitizers bring along.
allowed='^(mem(cpy|move|set|cmp|chr|mem)|str(len|nlen|cmp|ncmp|chr|rchr|spn|cspn|pbrk)|bsearch|qsort|inet_pton|v?snprintf|__assert_fail
|calloc|free
|sqrt|exp|expm1|log|log1p|pow|lgamma|lgamma_r|tgamma|erf|erfc|floor|ceil|round|lround|llround|fabs|fmin|fmax|fmod|ldexp|frexp|isnan|cos|sin|sincos
|(base64|heap|list|mask|ring|slice|wbuf|text|map)_[a-z0-9_]+|be(16|32|64)_(get|put)|ids_(init|next|text|parse)
|__(asan|ubsan|tsan|sanitizer|sancov)_.*|__stack_chk_fail|__(memcpy|memmove|memset|snprintf|vsnprintf)_chk
|__isoc23_.*|_GLOBAL_OFFSET_TABLE_|__(popcount|udivmod|umod|udiv|mul|clz|ctz)[a-z0-9]*|__tls_get_addr)$'
allowed=$(printf '%s' "$allowed" | tr -d '\n')

# impure OBJECT-OR-ARCHIVE...: what it refers to that is neither its own nor allowed.
impure() {
	nm --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$scratch/defined"
	nm -u "$@" | awk 'NF == 2 { print $2 }' | sed 's/@.*//' | sort -u |
		comm -23 - "$scratch/defined" | grep -vE "$allowed" | sed 's/^/refers to /'
}

# allocates OBJECT-OR-ARCHIVE...: functions that call the allocator, but for *_init and *_close.
allocates() {
	objdump -dr --no-show-raw-insn "$@" | awk '
		/^[0-9a-f]+ <.*>:$/ { fn = $2; gsub(/[<>:]/, "", fn) }
		/R_[A-Z0-9_]+[ \t]+(malloc|calloc|realloc|reallocarray|free|strdup|strndup)([-+@]|$)/ {
			split($NF, callee, /[-+@]/)
			base = fn
			sub(/\.(cold|part|isra|constprop|localalias).*/, "", base)
			if (base !~ /_(init|close)$/ && !((fn, callee[1]) in said)) {
				said[fn, callee[1]] = 1
				print fn " calls " callee[1]
			}
		}'
}

# compile NAME: a planted source to an object.
compile() {
	plant "$1.c"
	cc -O1 -c -o "$scratch/$1.o" "$scratch/$1.c" || echo "Bail out! cc failed"
}

compile pure <<'END'
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
int heap_push(void *h);
void x_init(void **p) { *p = calloc(4, 4); heap_push(*p); }
void x_close(void *p) { free(p); }
int x_step(char *s) { char b[20]; memset(b, *s, sizeof b); return snprintf(s, 4, "%.4s", b); }
END
compile impure <<'END'
#include <stdlib.h>
#include <time.h>
#include <stdio.h>
#include <sys/socket.h>
void *x_step(void) { return getenv("X") ? malloc(7) : 0; }
long x_now(void) { printf("x"); socket(1, 1, 1); return time(0); }
void log_info(const char *); void x_log(void) { log_info("x"); }
END
point 'a pure object passes' "$(impure "$scratch/pure.o"; allocates "$scratch/pure.o")"
found=$(impure "$scratch/impure.o")
for symbol in time getenv socket log_info malloc; do
	finds "a call of $symbol is found" "refers to $symbol" "$found"
done
finds 'output is found' 'refers to p' "$found"
finds 'an allocation outside init is found' 'x_step calls malloc' "$(allocates "$scratch/impure.o")"
if ! $self_test_only; then
	core=$build/src/core/libcore.a
	if [ -f $core ]; then
		point 'the core is pure' "$(impure $core)"
		point 'the core allocates in _init only' "$(allocates $core)"
	else
		point 'the core is pure' "there is no $core: run ./test --only build"
	fi
fi
plan
