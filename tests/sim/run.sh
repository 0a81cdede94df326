#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A million simulated calls with all faults on, in a release build.
set -eu
cd "$(dirname "$0")/../.."
case ${1:-} in
-h | --help)
	cat <<'EOF'
tests/sim/run.sh [CALLS [SEED]]
  Simulated calls with all faults on, in a release build (build/sim); stops at the first broken promise and says how
  to replay it.  Default: a million calls from seed 1 on, some minutes.

Examples:
  tests/sim/run.sh
  tests/sim/run.sh 100000 7
EOF
	exit 0
	;;
esac
build=build/sim
[ -d $build ] || meson setup $build -Dtests=true --buildtype=release >/dev/null
ninja -C $build tests/sim/test_sim >/dev/null
exec $build/tests/sim/test_sim --calls "${1:-1000000}" --seed "${2:-1}"
