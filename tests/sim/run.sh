#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A million simulated calls with all faults on, in a release build; stops at the first broken promise and says how
# to replay it.  Usage: tests/sim/run.sh [CALLS [SEED]]
set -eu
cd "$(dirname "$0")/../.."
build=build/sim
[ -d $build ] || meson setup $build -Dtests=true --buildtype=release >/dev/null
ninja -C $build tests/sim/test_sim >/dev/null
exec $build/tests/sim/test_sim --calls "${1:-1000000}" --seed "${2:-1}"
