// SPDX-License-Identifier: AGPL-3.0-or-later
/* register -- what src/store/own_table.c names: tables with their columns, places elsewhere, and who reads them. */
import { readFileSync } from "node:fs";

const KINDS = { ID: "id", INT: "number", FLAG: "yes_or_no", TIME: "time", TEXT: "text", BYTES: "hex", WHO: "who", SECRET: "secret", OTHERS: "others" };
const source = readFileSync(new URL("../../src/store/own_table.c", import.meta.url), "utf8");
const [tables_part, places_part] = source.split("own_places[] = {");
export const tables = tables_part.split(/\n\t\{\n/).slice(1).map((text) => ({
	table: /\.name = "(\w+)"/.exec(text)[1],
	is_mine: /\.mine = /.test(text),
	columns: [...text.matchAll(/\{ "(\w+)",\s*OWN_(\w+),/g)].map(([, name, kind]) => ({ name, kind: KINDS[kind], what: name })),
}));
export const places = [...places_part.split("own_places_n")[0].matchAll(/\n\t\{ "(\w+)",/g)].map((m) => m[1]);
export const readers = [.../words\[OWN_READERS\] = \{([^}]*)\}/.exec(source)[1].matchAll(/"([\w-]+)"/g)].map((m) => m[1]);
