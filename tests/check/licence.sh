#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Each file says under which licence it is, in its first three lines.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

line='SPDX-License-Identifier: AGPL-3.0-or-later'

# What cannot hold a comment, what is data, and papers.
exempt() {
	case $1 in
	LICENSE | *.md | *.json | *.png | *.webp | *.wav | *.ico | *.woff2 | .gitignore | */.gitignore) return 0 ;;
	tests/fuzz/corpus/* | tests/data/* | agreement/*.txt) return 0 ;;
	dist/debian/README.Debian | dist/debian/copyright | dist/debian/source/format) return 0 ;;
	esac
	return 1
}

unlicensed() {
	while IFS= read -r f; do
		exempt "$f" || head -n 3 "$f" | grep -qF "$line" || echo "$f has no SPDX line"
	done
}

cd "$scratch" || exit 1
plant good.c <<END
/* $line */
END
plant script.sh <<END
#!/bin/sh
# $line
END
plant bad.c <<'END'
int x;
END
plant late.css <<END
a {}
b {}
c {}
/* $line */
END
plant other.h <<'END'
/* SPDX-License-Identifier: MIT */
END
point 'files that say it pass' "$(printf '%s\n' good.c script.sh | unlicensed)"
found=$(printf '%s\n' bad.c late.css other.h a.json | unlicensed)
finds 'a file without it is found' 'bad.c has no' "$found"
finds 'a line that comes late is found' 'late.css has no' "$found"
finds 'another licence is found' 'other.h has no' "$found"
cd "$OLDPWD" || exit 1
if ! $self_test_only; then
	point 'every file says its licence' "$(files . | unlicensed)"
	point 'LICENSE is the text of the AGPL, version 3' "$(
		[ "$(sha256sum <LICENSE | cut -c1-16)" = 0d96a4ff68ad6d4b ] || echo 'the text differs'
	)"
fi
plan
