#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# install.sh BUILT FOLDER -- what browsers are served, from where it was assembled into FOLDER below the prefix.
set -eu
to=$MESON_INSTALL_DESTDIR_PREFIX/$2
mkdir -p "$to"
for part in "$1"/*/; do
	case $part in
	*/test/) ;; # of a build with tests
	*) cp -R "${part%/}" "$to/" ;;
	esac
done
