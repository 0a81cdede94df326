#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every shell script is clean under shellcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

# Scripts by name or by their first line.
scripts() {
	files . | while IFS= read -r f; do
		case $f in
		*.sh) echo "$f" ;;
		*.*[!/]*.* | *.[ch] | *.mjs | *.js | *.json | *.md | LICENSE | *.png) ;;
		*) head -c 64 "$f" | head -n 1 | grep -qE '^#!.*\b(sh|bash|dash)\b' && echo "$f" ;;
		esac
	done
}

plant bad.sh <<'END'
#!/bin/sh
rm -rf $1/*
END
plant good.sh <<'END'
#!/bin/sh
printf '%s\n' "$1"
END
finds 'an unquoted variable is found' SC2086 "$(shellcheck -x "$scratch/bad.sh")"
point 'a clean script passes' "$(shellcheck -x "$scratch/good.sh")"
finds './run is among the scripts' 'run' "$(scripts | grep -x run)"
if ! $self_test_only; then
	# shellcheck disable=SC2046 # no name of ours has a space in it
	point "shell scripts ($(scripts | wc -l))" "$(shellcheck -x $(scripts) 2>&1)"
fi
plan
