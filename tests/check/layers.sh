#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Dependencies point downward only: who may include whom.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

# A folder may include itself and these.  main is where processes are put together, so it sees the
# ports' headers too, wire's for the clips that it reads, and core's for the commands that only compute.
table='
base:
core: base
wire: base
sound: base wire
relay: base wire sound
sip: base wire
store: base core
web: base core
oidc: base core
paper: base core
app: base core paper wire sound relay sip store web oidc
main: base core paper wire sound app relay sip store web oidc
'

# layers ROOT: every #include below ROOT/src that the table does not allow.
layers() {
	(
		cd "$1" || exit
		find src -name '*.[ch]' -exec grep -HnE '^[[:space:]]*#[[:space:]]*include' {} +
	) | awk -v table="$table" '
		BEGIN {
			n = split(table, line, "\n")
			for (i = 1; i <= n; i++) {
				m = split(line[i], word, /[: ]+/)
				if (word[1] != "")
					known[word[1]] = allowed[word[1], word[1]] = 1
				for (j = 2; j <= m; j++)
					allowed[word[1], word[j]] = 1
			}
		}
		{
			split($0, at, ":")
			split(at[1], path, "/")
			from = path[2]
			where = at[1] ":" at[2]
			if (!match($0, /["<][^">]*[">]/))
				next
			quote = substr($0, RSTART, 1)
			name = substr($0, RSTART + 1, RLENGTH - 2)
			split(name, part, "/")
			to = part[1]
			if (!(from in known))
				print where ": src/" from " is not in the table of layers"
			else if (name ~ /\.\./)
				print where ": \"" name "\" goes up; name it from src/"
			else if (name ~ /\// && to in known && !((from, to) in allowed))
				print where ": " from " may not include " name
			else if (quote == "\"" && name ~ /\// && !(to in known))
				print where ": " name " is of no layer"
		}'
}

plant src/core/acd/a.c <<'END'
#include "core/acd/a.h"
#include "base/list.h"
#include <sys/types.h>
END
plant src/main/main.c <<'END'
#include "store/store.h"
#include "app/app.h"
END
point 'what is allowed passes' "$(layers "$scratch")"
plant src/core/acd/b.c <<'END'
#include "store/store.h"
END
plant src/base/c.c <<'END'
  #  include <wire/rtp.h>
END
plant src/relay/d.c <<'END'
#include "../sip/trunk.h"
END
plant src/new/e.c <<'END'
#include "base/list.h"
END
plant src/web/f.c <<'END'
#include "tests/x.h"
END
found=$(layers "$scratch")
finds 'core including store is found' 'b.c:1: core may not include store/store.h' "$found"
finds 'base including wire is found, in angle brackets' 'c.c:1: base may not' "$found"
finds 'a path that goes up is found' 'd.c:1: "../sip' "$found"
finds 'a folder without a layer is found' 'src/new is not in the table' "$found"
finds 'a header of no layer is found' 'tests/x.h is of no layer' "$found"
$self_test_only || point 'src/ keeps its layers' "$(layers .)"
plan
