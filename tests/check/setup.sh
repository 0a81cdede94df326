#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# shellcheck disable=SC2030,SC2031,SC2317 # all is tried in subshells, by functions called by name
#
# dist/setup.sh, with a dpkg, an apt, an npm of our own: what is there is left alone, what is missing is
# installed, what fails says what and the mend.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

root=$PWD
export SAID="$scratch/said"

# fake NAME: standard input becomes a command that also writes down how it was called.
fake() {
	{
		# shellcheck disable=SC2016 # expands when the fake is called
		printf '#!/bin/sh\nprintf "%%s\\n" "%s $*" >>"$SAID"\n' "$1"
		cat
	} | plant "bin/$1"
	chmod +x "$scratch/bin/$1"
}
fake dpkg-query <<'END'
for p; do
	case $p in
	have-* | both-14) echo "ii  $p" ;;
	removed) echo "rc  $p" ;;
	esac
done
exit 1
END
fake apt-cache <<'END'
case $2 in
old-14 | nowhere*) printf '%s:\n  Candidate: (none)\n' "$2" ;;
*) printf '%s:\n  Candidate: 1.0\n' "$2" ;;
esac
END
fake apt-get <<'END'
case $* in *broken*) echo 'E: the mirror is on fire'; exit 100 ;; esac
END
fake id <<'END'
echo "${FAKE_UID-0}"
END
fake sudo <<'END'
exec "$@"
END
fake npm <<'END'
mkdir -p desk/node_modules
: >desk/node_modules/.package-lock.json
END

# try COMMAND...: with the functions and the fakes; what it printed, and what it called.
try() {
	: >"$SAID"
	mkdir -p "$scratch/work"
	(
		cd "$scratch/work" || exit
		PATH=$scratch/bin:$PATH
		. "$root/dist/setup.sh"
		"$@" 2>&1
		echo "status $?"
	)
	cat "$SAID"
}

found=$(try packages_need have-a have-b 'both-14|both')
finds 'all there: success' 'status 0' "$found"
point 'all there: apt is not touched' "$(printf '%s\n' "$found" | grep apt)"
found=$(try packages_need have-a missing-b removed)
finds 'missing: the lists are fetched' 'apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 update' "$found"
finds 'missing: only that is installed' 'install -y --no-install-recommends missing-b removed' "$found"
finds 'an alternative that apt has is chosen' 'recommends old' "$(try packages_need 'old-14|old')"
finds 'the first alternative goes before the second' 'recommends new-14' "$(try packages_need 'new-14|new')"
point 'as root there is no sudo' "$(try packages_need missing-b | grep '^sudo')"
finds 'not as root, there is' 'sudo env DEBIAN_FRONTEND=noninteractive apt-get' \
	"$(FAKE_UID=1000 try packages_need missing-b)"
found=$(try packages_need broken-c)
finds 'a failure: its status' 'status 1' "$found"
finds 'a failure: what failed' 'Failed: Installing 1 packages (broken-c)' "$found"
finds 'a failure: the mend' 'Mend:' "$found"
finds 'a failure: the tail of the log' '| E: the mirror is on fire' "$found"

mkdir -p "$scratch/work/desk"
point 'npm: nothing to do without a lock' "$(try npm_need desk | grep npm)"
: >"$scratch/work/desk/package-lock.json"
finds 'npm: fetched the first time' 'npm ci --prefix desk' "$(try npm_need desk)"
point 'npm: not fetched again' "$(try npm_need desk | grep npm)"
touch -d '+1 hour' "$scratch/work/desk/package-lock.json"
finds 'npm: fetched when the lock is newer' 'npm ci --prefix desk' "$(try npm_need desk)"
twice() {
	packages_need missing-a
	packages_need missing-b
}
found=$(try twice)
point 'the lists are fetched once' \
	"$(printf '%s\n' "$found" | grep '^apt-get.* update' | sed 1d)"
finds 'both are installed' 'recommends missing-b' "$found"
point 'a node from elsewhere is left alone' "$(PATH=$scratch/bin:$PATH; . dist/setup.sh; node() { :; }; node_packages)"
finds 'an old node is refused' 'older than 18' "$(
	fake node <<-'END'
	echo 16
	END
	try node_need
)"
plan
