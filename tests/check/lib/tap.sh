# SPDX-License-Identifier: AGPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # some names are for those who source this
#
# What the checks share: points of a TAP report.  A check first proves on planted faults that it finds
# them, then looks at the repository.  X.sh --self-test stops after the proof.
#
#   point NAME TEXT         passes when TEXT is empty; TEXT is what was found, and is shown
#   finds NAME PATTERN TEXT passes when TEXT has PATTERN in it: the planted fault was noticed
#   skip NAME WHY
#   plan                    the last line; the status is 1 if any point failed

tap_n=0
tap_failed=0
self_test_only=false
[ "${1-}" != --self-test ] || self_test_only=true

point() {
	tap_n=$((tap_n + 1))
	if [ -z "$2" ]; then
		echo "ok $tap_n - $1"
	else
		tap_failed=1
		echo "not ok $tap_n - $1"
		printf '%s\n' "$2" | head -n 40 | sed 's/^/# /'
	fi
}

finds() {
	case $3 in
	*"$2"*) point "$1" '' ;;
	*) point "$1" "planted, but not found: $2
found instead: ${3:-nothing}" ;;
	esac
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

plan() {
	echo "1..$tap_n"
	exit $tap_failed
}

# A folder that is gone when the check ends.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

# plant FILE: standard input becomes this file below $scratch.
plant() {
	mkdir -p "$(dirname "$scratch/$1")"
	cat >"$scratch/$1"
}

# files PATTERN...: what git knows or would know, and exists; never what is built or fetched.
files() {
	git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
		while IFS= read -r f; do
			[ ! -f "$f" ] || printf '%s\n' "$f"
		done
}
