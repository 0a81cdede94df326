#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds the Debian package, without a network where desk/node_modules and the packages of its Build-Depends are there.
#
# The tree is copied to build/package/src, dist/debian becomes its debian/, and dpkg-buildpackage does the rest.
set -eu
cd "$(dirname "$0")/.."
. dist/setup.sh

usage() {
	cat <<-'END'
	dist/package.sh [--version V] [--again] [--out FOLDER]
	  Builds heimamt_V_ARCH.deb into build/package/.  Needed are the packages of dist/debian/control; what
	  dpkg-buildpackage says goes to build/log/package.log.

	  --version V   instead of the source's own, such as 0.1.0
	  --again       keep what was compiled before
	  --out FOLDER  where the package goes
	  --help        this text
	END
}

version=$(sed -n "s/^ *version: '\([^']*\)',$/\1/p" meson.build)
again=false
out=build/package
while [ $# -gt 0 ]; do
	case $1 in
	--version) version=$2 && shift ;;
	--out) out=$2 && shift ;;
	--again) again=true ;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		fail "unknown option $1" 'see above.' || exit 2
		;;
	esac
	shift
done

tree=build/package/src

# What belongs to the source, a name each line: none of ours has another sign in it than letters, digits, dots and dashes.
sources() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard | while IFS= read -r f; do
			[ ! -f "$f" ] || printf '%s\n' "$f"
		done
	else
		find . -path ./build -prune -o -path ./var -prune -o -name node_modules -prune -o -type f -print
	fi
	find desk/node_modules -type f
}

lay_out() {
	mkdir -p "$tree"
	if $again; then
		find "$tree" -mindepth 1 -maxdepth 1 ! -name 'obj-*' -exec rm -rf {} +
	else
		rm -rf "${tree:?}"/*
	fi
	sources | tar -c -T - | tar -x -C "$tree"
	cp -R dist/debian "$tree/debian"
	for unit in heimamt.service heimamt.sysusers heimamt.tmpfiles; do
		cp "dist/systemd/$unit" "$tree/debian/$unit"
	done
	sed "s/^\( *version: '\)[^']*',\$/\1$version',/" meson.build >"$tree/meson.build"
	changelog >"$tree/debian/changelog"
}

# The same source makes the same package: its date is that of the last change.
changelog() {
	seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
	who=$(sed -n 's/^Maintainer: //p' dist/debian/control)
	printf 'heimamt (%s) unstable; urgency=medium\n\n  * What is new: CHANGELOG.md.\n\n -- %s  %s\n' \
		"$version" "$who" "$(LC_ALL=C date -u -R -d "@$seconds")"
}

build() {
	# debhelper gives the build an empty home
	! command -v ccache >/dev/null || CCACHE_DIR=$(ccache -k cache_dir) && export CCACHE_DIR
	(cd "$tree" && DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck noautodbgsym} parallel=$(nproc)" \
		dpkg-buildpackage -b -us -uc -nc)
}

npm_need desk
lay_out
step package "Building heimamt $version for Debian" 'a package of Build-Depends that is missing (dist/debian/control), or the first error.' \
	build
mkdir -p "$out"
for f in build/package/heimamt_"$version"_*.deb; do
	[ "$out" = build/package ] || mv "$f" "$out/"
	say "$out/${f##*/}"
done
rm -f build/package/heimamt_*.buildinfo build/package/heimamt_*.changes
