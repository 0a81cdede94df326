#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# build.sh SOURCE OUT STAMP DEPFILE -- assembles what browsers are served: our files, without their comments
# and indentation (a page has 60 KB for its scripts), and Preact, htm and Lean QR from node_modules as plain ES modules.
# No bundler; nothing is fetched here.
set -eu
src=$1 out=$2 stamp=$3 depfile=$4
npm=$src/node_modules

for module in preact/dist/preact.mjs htm/dist/htm.module.js lean-qr/index.mjs; do
	if [ ! -f "$npm/$module" ]; then
		echo "desk: $module is missing; run: npm ci --prefix desk" >&2
		exit 1
	fi
done

# Whole-line comments, comments that end a line, empty lines, leading tabs.  The pages name the licence.
slim() {
	awk '
		inside { if (/\*\//) inside = 0; next }
		/^\t*\/\*/ { if (!/\*\//) inside = 1; next }
		/^\t*\/\// { next }
		{ sub(/^\t+/, ""); sub(/ *\/\*[^*]*\*\/$/, ""); sub(/[ \t]+$/, "") }
		/./ { print }
	' "$1" >"$2"
}

for part in common desk caller login door sheet people configuration approvals week board pulse agreement ledger own account; do
	rm -rf "${out:?}/$part"
	cp -R "$src/$part" "$out/$part"
	find "$src/$part" -name '*.js' | while read -r f; do
		slim "$f" "$out/${f#"$src"/}"
	done
done
# The tokens once more for browsers before 2024, which do not know light-dark(): a device at a door may be old.
{
	sed 's/light-dark(\([^,]*\), [^)]*)/\1/' "$src/common/tokens.css"
	echo '@media (prefers-color-scheme: dark) {'
	echo ':root {'
	sed -n 's/light-dark([^,]*, \([^)]*\))/\1/p' "$src/common/tokens.css" | grep '^	--'
	echo '}'
	echo '}'
} >"$out/common/tokens-plain.css"
rm -rf "${out:?}/lib"
mkdir "$out/lib"
# .js, because that is what every web server calls text/javascript; the maps are not served.
sed '/^\/\/# sourceMappingURL=/d' "$npm/preact/dist/preact.mjs" >"$out/lib/preact.js"
sed '/^\/\/# sourceMappingURL=/d' "$npm/htm/dist/htm.module.js" >"$out/lib/htm.js"
cp "$npm/lean-qr/index.mjs" "$out/lib/qr.js"
{
	echo "Preact (MIT)" && cat "$npm/preact/LICENSE"
	echo && echo "htm (Apache-2.0)" && cat "$npm/htm/LICENSE"
	echo && echo "Lean QR (MIT)" && cat "$npm/lean-qr/LICENSE"
} >"$out/lib/LICENSES.txt"

# Folders too: a file that is added or taken away changes its folder.
{
	printf '%s:' "$stamp"
	find "$src/common" "$src/desk" "$src/caller" "$src/login" "$src/door" "$src/sheet" "$src/people" "$src/configuration" "$src/approvals" "$src/week" "$src/board" "$src/pulse" "$src/agreement" "$src/ledger" "$src/own" "$src/account" | while read -r f; do
		printf ' %s' "$f"
	done
	printf ' %s %s %s\n' "$npm/preact/dist/preact.mjs" "$npm/htm/dist/htm.module.js" "$npm/lean-qr/index.mjs"
} >"$depfile"
: >"$stamp"
