#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Writes the migrations, given in order, as a C table to standard output.
# As bytes, not as a string: ISO C promises only 4095 characters of a string literal.
set -eu

n=0
for f; do
	n=$((n + 1))
	name=$(basename "$f" .sql)
	case $name in
	"$(printf %04d "$n")"-?*) ;;
	*)
		echo "embed.sh: $f is not migration number $n" >&2
		exit 1
		;;
	esac
	echo "static const unsigned char sql_${n}[] = {"
	od -An -v -tx1 "$f" | sed 's/ \(..\)/0x\1,/g'
	echo '0x00 };'
	table="${table-}	{ \"$name\", (const char *)sql_$n },
"
done

cat <<END
#include "store/inner.h"

const struct migration store_migrations[] = {
$table};
const size_t store_migrations_n = $n;
END
