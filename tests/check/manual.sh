#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# docs/configuration.md, of which heimamt.conf(5) is made, has every option of the program with its default, and no other;
# heimamt(1) and heimamt-relay(8) have every command with its options, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

programs=${PROGRAMS:-build/test}

# The rows of a page like docs/configuration.md, as `heimamt check --options` prints them.
rows() {
	awk '
		/^## / { path = $0; sub(/^## /, "", path); gsub(/ /, ".", path); path = path == "the.file.itself" ? "" : path "." }
		/^\| `/ {
			split($0, cell, / \| /)
			gsub(/^\| |`/, "", cell[1])
			gsub(/`/, "", cell[2])
			print path cell[1] " = " cell[2]
		}' "$1"
}

# differences PROGRAM PAGE: two such lists.
differences() {
	awk -F ' = ' '
		NR == FNR { is[$1] = $2; next }
		!($1 in is) { print "docs/configuration.md: there is no option " $1 " in the program"; next }
		{ told[$1] = 1 }
		is[$1] != $2 { print "docs/configuration.md: " $1 " has the default " is[$1] " in the program, not " $2 }
		END { for (o in is) if (!(o in told)) print "docs/configuration.md: no row for " o " = " is[o] }
	' "$1" "$2" | sort
}

# What begins with two dashes in a help text, up to its examples.
in_help() {
	sed '/^Examples*:/,$d' | grep -oE -e '--[a-z][a-z-]*' | grep -vx -e '--help' | sort -u
}

# in_page PAGE SECTION: likewise in a man page's section; all options of the page without one.
in_page() {
	awk -v want="# $(printf '%s' "$2" | tr '[:lower:]' '[:upper:]')" '
		/^# / { is_in = want == "# " || $0 == want }
		is_in' "$1" | grep -oE -e '\*--[a-z][a-z-]*' | tr -d '*' | grep -vx -e '--help' | sort -u
}

# command PAGE NAME HELP: what the page's section and the help text do not have in common.  Common options, which every
# command may name, stand once.
command_faults() {
	grep -qx "# $(printf '%s' "$2" | tr '[:lower:]' '[:upper:]')" "$1" || echo "$1: no section for the command $2"
	in_help <"$3" | grep -vxF -e '--config' -e '--state' -e '--json' >"$scratch/helped"
	in_page "$1" "$2" | grep -vxF -e '--config' -e '--state' -e '--json' >"$scratch/paged"
	comm -23 "$scratch/helped" "$scratch/paged" | sed "s,.*,$1: $2: & is missing,"
	comm -13 "$scratch/helped" "$scratch/paged" | sed "s,.*,$1: $2: & is not in the help,"
}

plant page.md <<'END'
## the file itself
| option | default | what |
| `node` | `0` | a number |
## web
| `port` | `80` | wrong |
| `gone` | `""` | not there any more |
## queue relax
| `skills` | `{}` | right |
END
plant program <<'END'
node = 0
web.port = 8080
web.names = {}
queue.relax.skills = {}
END
rows "$scratch/page.md" >"$scratch/rows"
found=$(differences "$scratch/program" "$scratch/rows")
finds 'an option without a row is found' 'no row for web.names = {}' "$found"
finds 'a row without an option is found' 'no option web.gone' "$found"
finds 'another default is found' 'web.port has the default 8080 in the program, not 80' "$found"
point 'what agrees passes' "$(printf '%s\n' "$found" | grep -e node -e relax)"
plant page.scd <<'END'
# LINK
*--port* _N_
*--old*
# HELP
END
plant help <<'END'
heimamt link LOGIN [--config FILE] [--port N] [--new]
Example:
  heimamt link --example
END
found=$(command_faults "$scratch/page.scd" link "$scratch/help")
finds 'an option that the page lacks is found' 'link: --new is missing' "$found"
finds 'an option that is gone is found' '--old is not in the help' "$found"
point 'examples are no options' "$(printf '%s\n' "$found" | grep -e example -e port)"
finds 'a command that the page lacks is found' 'no section for the command other' \
	"$(command_faults "$scratch/page.scd" other "$scratch/help")"
if ! $self_test_only; then
	"$programs/heimamt" check --options >"$scratch/program"
	rows docs/configuration.md >"$scratch/rows"
	point "docs/configuration.md has every option ($(wc -l <"$scratch/program")), and no other" \
		"$(differences "$scratch/program" "$scratch/rows")"
	awk -f man/conf.awk docs/configuration.md >"$scratch/conf.scd"
	point 'heimamt.conf(5) has an entry for each row' "$(
		[ "$(grep -c '^\*.*\* = ' "$scratch/conf.scd")" -eq "$(wc -l <"$scratch/rows")" ] || echo 'some are missing'
	)"
	point 'no option stands twice' "$(sort "$scratch/rows" | cut -d= -f1 | uniq -d)"
	"$programs/heimamt" help | sed -n 's/^  \([a-z-]*\)  *[a-z].*/\1/p' | grep -v '^heimamt$' >"$scratch/commands"
	while IFS= read -r name; do
		"$programs/heimamt" "$name" --help >"$scratch/help" 2>/dev/null </dev/null
		command_faults man/heimamt.1.scd "$name" "$scratch/help"
	done <"$scratch/commands" >"$scratch/faults"
	point "heimamt(1) has every command ($(wc -l <"$scratch/commands")) with its options" "$(cat "$scratch/faults")"
	"$programs/heimamt-relay" --help | in_help >"$scratch/helped"
	in_page man/heimamt-relay.8.scd '' >"$scratch/paged"
	point 'heimamt-relay(8) has every option' "$(diff "$scratch/helped" "$scratch/paged")"
fi
plan
