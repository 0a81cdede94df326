# SPDX-License-Identifier: AGPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # the lists are for those who source this
#
# What ./run and ./test share: saying what happens, installing what is missing, building.
# Sourced from the repository's root; defines functions only.  POSIX sh.
#
# The noise of apt, npm, meson and ninja goes to build/log/NAME.log; on failure its tail is shown
# with what failed and the mend.  Nothing here needs a network when nothing is missing.

log_dir=build/log
lists_fetched=''

# A word is a Debian package; A|B|C is whichever of them is installed or, failing that, the first
# that this Debian has.
packages_build='ca-certificates gcc libc6-dev meson ninja-build pkg-config libsofia-sip-ua-dev libssl-dev
	libuv1-dev libwebsockets-dev libwebsockets-evlib-uv libsqlite3-dev libjansson-dev
	libconfuse-dev libsamplerate0-dev libopus-dev libspandsp-dev libseccomp-dev libsodium-dev libcurl4-openssl-dev libcjose-dev libhpdf-dev fonts-dejavu-core espeak-ng sox tzdata'
packages_test='binutils clang-14|clang libclang-rt-14-dev|libclang-rt-dev clang-format-14|clang-format
	clang-tidy-14|clang-tidy cppcheck libcmocka-dev libsrtp2-dev sip-tester chromium sqlite3
	shellcheck poppler-utils systemd iproute2 iptables util-linux kamailio kamailio-tls-modules baresip-core openssl
	debhelper debootstrap dpkg-dev lintian scdoc coturn'

say() {
	printf '%s\n' "$*"
}

# fail WHAT MEND: what went wrong and what to do about it, for a person.
fail() {
	printf '\nFailed: %s\nMend:   %s\n' "$1" "$2" >&2
	return 1
}

# step NAME LABEL MEND COMMAND...: one line for what is done, one for how long it took.
step() {
	step_log=$log_dir/$1.log step_label=$2 step_mend=$3
	shift 3
	mkdir -p "$log_dir"
	printf '%s ... ' "$step_label"
	step_start=$(date +%s)
	if "$@" >"$step_log" 2>&1 </dev/null; then
		printf 'done (%d s)\n' $(($(date +%s) - step_start))
		return 0
	fi
	printf 'failed\n'
	tail -n 30 "$step_log" | sed 's/^/  | /' >&2
	fail "$step_label ($*)" "$step_mend  The whole log: $step_log"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# Of the words given, those of which no alternative is installed.
packages_missing() {
	# shellcheck disable=SC2046 # the list is split into words on purpose
	dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $(printf '%s ' "$@" | tr '|' ' ') \
		2>/dev/null | awk -v wanted="$*" '
		$1 == "ii" { have[$2] = 1 }
		END {
			n = split(wanted, word, " ")
			for (i = 1; i <= n; i++) {
				m = split(word[i], alt, "|")
				found = 0
				for (j = 1; j <= m; j++)
					found = found || (alt[j] in have)
				if (!found)
					print word[i]
			}
		}'
}

# The first alternative of each word that apt can install; the word's last one if apt knows none.
packages_choose() {
	for word; do
		choice=
		for alt in $(printf '%s' "$word" | tr '|' ' '); do
			choice=$alt
			if apt-cache policy "$alt" 2>/dev/null | grep -q '^  Candidate: [^(]'; then
				break
			fi
		done
		printf '%s\n' "$choice"
	done
}

# packages_need WORD...: installs what is missing, and does nothing at all when nothing is.
packages_need() {
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		say "This is no Debian: going on with what is there.  Needed are the equals of: $*"
		return 0
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		fail "packages are missing and there is no sudo: $(printf '%s' "$missing" | tr '\n' ' ')" \
			'run the command once as root, or install them.'
		return 1
	fi
	if [ -z "$lists_fetched" ]; then
		step apt-update 'Fetching the package lists' \
			'check the network and /etc/apt/sources.list.' \
			as_root apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 update || return 1
		lists_fetched=yes
	fi
	# shellcheck disable=SC2086,SC2046 # words
	set -- $(packages_choose $missing)
	step apt-install "Installing $# packages ($*)" \
		'free disk space, a reachable mirror, or a dpkg left half-way (dpkg --configure -a).' \
		as_root apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 \
		install -y --no-install-recommends "$@"
}

# Node 18 or later and npm.  A machine may have them from elsewhere than Debian, and Debian's npm
# would conflict with those; so the commands decide, not the packages.
node_packages() {
	command -v node >/dev/null || echo nodejs
	command -v npm >/dev/null || echo npm
}

node_need() {
	if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
		fail 'there is no node or no npm' 'install both, node from version 18 on.'
		return 1
	fi
	node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
	if [ "$node_major" -lt 18 ]; then
		fail "node is older than 18: $(command -v node)" 'upgrade or remove this node.'
		return 1
	fi
}

# npm_need FOLDER: its packages as locked; only when the lock is newer than what is installed.
npm_need() {
	[ -f "$1/package-lock.json" ] || return 0
	if [ -f "$1/node_modules/.package-lock.json" ] &&
		[ -z "$(find "$1/package-lock.json" -newer "$1/node_modules/.package-lock.json")" ]; then
		return 0
	fi
	step "npm-$(printf '%s' "$1" | tr '/' '-')" "Fetching the npm packages of $1/" \
		'check the network; behind a mirror, set npm'"'"'s registry.' \
		npm ci --prefix "$1" --no-audit --no-fund --ignore-scripts || return 1
	touch "$1/node_modules/.package-lock.json"
}

# tool NAME...: the first of these commands that exists; nothing and status 1 if none does.
tool() {
	for name; do
		if command -v "$name"; then
			return 0
		fi
	done
	return 1
}

# meson_setup FOLDER OPTION...: once; later runs let ninja find out what has changed.
meson_setup() {
	build=$1
	shift
	[ -f "$build/build.ninja" ] || meson setup "$build" "$@"
}

# build_release: heimamt and heimamt-relay at build/release/.
build_release() {
	step release-setup 'Preparing the release build' \
		'a package that meson does not find: see the log.' \
		meson_setup build/release --buildtype=release || return 1
	step release-build 'Building heimamt' 'see the first error in the log.' \
		ninja -C build/release || return 1
	for name in heimamt heimamt-relay; do
		if ! [ -x "build/release/$name" ]; then
			fail "the build made no $name" 'remove build/release and start again.'
			return 1
		fi
	done
}
