# SPDX-License-Identifier: AGPL-3.0-or-later
# Makes heimamt.conf(5), for scdoc, from docs/configuration.md: the text before the tables, a part for each heading, an
# entry for each row.  What stands in backquotes is bold there, a link is its words.
function plain(s,    out, bold, c, i, n) {
	while (match(s, /\[[^]]*\]\([^)]*\)/)) {
		link = substr(s, RSTART, RLENGTH)
		sub(/^\[/, "", link)
		sub(/\].*$/, "", link)
		s = substr(s, 1, RSTART - 1) link substr(s, RSTART + RLENGTH)
	}
	out = ""
	n = length(s)
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		if (c == "`")
			c = "*"
		else if (c ~ /[*_\\<>#]/)
			c = "\\" c
		out = out c
	}
	return out
}
BEGIN {
	print "heimamt.conf(5)\n\n# NAME\n\nheimamt.conf - the configuration of a Heimamt house\n\n# DESCRIPTION\n"
}
/^<!--/ || /^# / || /^\|---/ || /^\| option/ || /heimamt\.conf\(5\)/ { next }
/^## / {
	title = substr($0, 4)
	print "# " toupper(title) "\n"
	next
}
/^\| `/ {
	split($0, cell, / \| /)
	option = cell[1]
	sub(/^\| /, "", option)
	text = substr($0, length(cell[1]) + length(cell[2]) + 7)
	sub(/ *\|$/, "", text)
	value = cell[2]
	gsub(/`/, "", value)
	print plain(option) " = " plain(value) "\n\t" plain(text) "\n"
	next
}
{ print plain($0) }
END {
	print "\n# FILES\n\n_/etc/heimamt/heimamt.conf_\n\n_/usr/share/doc/heimamt/examples/heimamt.conf_\n\tthe demo's, with every option at work\n"
	print "# SEE ALSO\n\n*heimamt*(1), *heimamt-relay*(8)"
}
