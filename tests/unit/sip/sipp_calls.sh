#!/bin/bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# 500 calls at 100 a second by SIPp, a caller that others wrote, against a trunk that answers all.
# Usage: sipp_calls.sh ANSWERER. Speaks TAP; everything it starts ends with it.
set -u
answerer=$1
calls=500
rate=100
dir=$(mktemp -d) || exit 1
pid=
finish() {
	exec 3>&- # the answerer ends with its input
	[ -n "$pid" ] && kill "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT

n=0
ok() { # ok CONDITION-STATUS TEXT
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

echo 1..3
if ! command -v sipp >/dev/null; then
	echo "Bail out! sipp is not installed (package sip-tester)"
	exit 1
fi

mkfifo "$dir/in"
"$answerer" <"$dir/in" >"$dir/out" 2>"$dir/err" &
pid=$!
exec 3>"$dir/in"
for _ in $(seq 200); do
	port=$(awk '$1 == "port" { print $2 }' "$dir/out")
	[ -n "$port" ] && break
	sleep 0.05
done
if [ -z "$port" ]; then
	echo "Bail out! the trunk did not start"
	exit 1
fi

cd "$dir" || exit 1
# no deadline of its own for SIPp: meson ends a test that hangs
sipp -sn uac "127.0.0.1:$port" -i 127.0.0.1 -s 1000 -m $calls -r $rate -l $calls -d 200 \
	-nostdin -trace_err >sipp.log 2>&1
ok $? "$calls calls at $rate a second were answered and ended"

exec 3>&-
wait "$pid"
ok $? "the trunk ended cleanly"
pid=
last=$(tail -n 1 "$dir/out")
[ "$last" = "invites $calls acked $calls bye $calls other 0" ]
ok $? "each call was told once: $last"
if [ -s "$dir/err" ]; then sed 's/^/# /' "$dir/err" | head -50; fi
