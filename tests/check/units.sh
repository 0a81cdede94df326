#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The systemd units are well formed, and leave their processes no more than they need: an exposure of at most 2.0.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

exposure_max=20 # tenths

# faults FILE: what systemd says about a unit; nothing for a good one.  Our programs need not be installed for that.
faults() {
	name=${1##*/}
	sed 's,/usr/bin/heimamt[a-z-]*,/bin/true,' "$1" >"$scratch/units/$name"
	systemd-analyze verify --man=no --recursive-errors=no "$scratch/units/$name" 2>&1 |
		grep -F "$name" | sed "s,$scratch/units/,,"
	security "$scratch/units/$name"
}

security() {
	said=$(systemd-analyze security --offline=true --threshold=$exposure_max --no-pager "$1" 2>&1) ||
		printf '%s\n' "$said" | grep -F '→'
}

if ! command -v systemd-analyze >/dev/null; then
	skip 'systemd units' 'there is no systemd-analyze'
	plan
fi
mkdir "$scratch/units"
plant open.service <<'END'
[Service]
ExecStart=/bin/true
END
plant wrong.service <<'END'
[Service]
ExecStart=/bin/true
StartLimitIntervalSec=3
KillMode=everything
END
finds 'a unit that may do everything is found' 'exposure level' "$(faults "$scratch/open.service")"
finds 'an option in the wrong section is found' StartLimitIntervalSec "$(faults "$scratch/wrong.service")"
finds 'a value that is none is found' 'kill mode' "$(faults "$scratch/wrong.service")"
if ! $self_test_only; then
	files 'dist/systemd/*.service' >"$scratch/list"
	finds 'both kinds of unit are there' 2 "$(wc -l <"$scratch/list")"
	while IFS= read -r unit; do
		point "$unit" "$(faults "$unit")"
	done <"$scratch/list"
fi
plan
