#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The Debian package: built, and put into a clean Debian of this machine's version that runs under its own systemd, in
# namespaces of its own (boot.sh); package.test.mjs does there what a house does.  TAP on standard output.
#
# With --built it takes the two packages that are there, to work on the test.
#
# As root, with a Debian mirror among apt's sources.  What was fetched is kept in build/package/base-*.tar.
set -eu
cd "$(dirname "$0")/../.."

folder=build/package
root=$folder/root
old=0.0.9
new=$(sed -n "s/^ *version: '\([^']*\)',$/\1/p" meson.build)
architecture=$(dpkg --print-architecture)

give_up() {
	echo "Bail out! $*"
	exit 1
}

# What apt of this machine gets the Debian from.
mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(CODENAME) $(REPO_URI)' |
		awk -v suite="$suite" '$1 == "Packages" && $2 == "Debian" && $3 == suite { print $4; exit }'
}

# The least Debian with a systemd, and the packages that ours asks for, fetched and not installed.
make_base() {
	from=$(mirror)
	[ -n "$from" ] || give_up "no mirror of Debian $suite is among apt's sources"
	rm -rf "$root"
	debootstrap --variant=minbase --include=systemd-sysv "$suite" "$root" "$from" >&2 || return 1
	cp "$folder/heimamt_${old}_$architecture.deb" "$root/tmp/old.deb"
	chroot "$root" apt-get -o Acquire::Retries=3 update >&2 &&
		chroot "$root" apt-get install --download-only -y --no-install-recommends /tmp/old.deb >&2 || return 1
	rm "$root/tmp/old.deb"
	tar -C "$root" -cf "$base.part" . && mv "$base.part" "$base"
}

[ "$(id -u)" -eq 0 ] || give_up 'only root can make a root of its own'
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mkdir -p "$folder"
# the older one is made of the same source, with another number
[ "${1-}" = --built ] || dist/package.sh --version "$old" --again >&2 || give_up "the older package could not be built: build/log/package.log"
[ "${1-}" = --built ] || dist/package.sh --again >&2 || give_up "the package could not be built: build/log/package.log"
needs=$(dpkg-deb -f "$folder/heimamt_${old}_$architecture.deb" Depends | sha256sum | cut -c1-12)
base=$folder/base-$suite-$needs.tar
if ! [ -f "$base" ]; then
	rm -f "$folder"/base-*
	make_base || give_up "no clean Debian $suite could be made: is its mirror reachable?"
fi
rm -rf "$root"
mkdir "$root"
tar -C "$root" -xf "$base"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/quick" # nobody keeps this disk
cp "$folder/heimamt_${old}_$architecture.deb" "$root/srv/old.deb"
cp "$folder/heimamt_${new}_$architecture.deb" "$root/srv/new.deb"

tests/package/boot.sh "$root" 2>"$folder/boot.log" >&2 &
boot=$!
# unshare lets no other signal through; the kernel ends with it all that it began
trap 'kill -KILL $boot 2>/dev/null || :; wait $boot 2>/dev/null || :; rm -rf "$root"' EXIT
trap 'exit 1' INT TERM
first=
tries=0
until [ -n "$first" ] && nsenter -t "$first" -m -p -r -w systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
	tries=$((tries + 1))
	[ $tries -lt 120 ] || give_up "the Debian does not come up: $(tail -n 5 "$folder/boot.log" | tr '\n' ' ')"
	sleep 0.5
	first=$(pgrep -P $boot || :)
done
# from here on in its network: the addresses and ports are those of the configuration as it is installed
FIRST=$first OLD=$old NEW=$new ROOT=$PWD/$root \
	nsenter -t "$first" -n node --test-reporter=tap tests/package/package.test.mjs
