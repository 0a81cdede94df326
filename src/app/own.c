/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* own -- see own.h */
#include "app/own.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "base/text.h"

#define FORMAT 1

static const char *const kinds[] = {
	[OWN_INT] = "number",
	[OWN_FLAG] = "yes_or_no",
	[OWN_ID] = "id",
	[OWN_TIME] = "time",
	[OWN_TEXT] = "text",
	[OWN_BYTES] = "hex",
	[OWN_WHO] = "who",
	[OWN_SECRET] = "secret",
	[OWN_OTHERS] = "others",
};

static json_t *id_json(uint64_t id)
{
	char text[IDS_TEXT_SIZE];

	ids_text(text, id);
	return json_string(text);
}

static json_t *readers_json(unsigned readers)
{
	json_t *words = json_array();

	for (unsigned i = 0; i < OWN_READERS; i++)
		if (readers & 1u << i)
			(void)json_array_append_new(
				words, json_string(own_reader_word(i)));
	return words;
}

static json_t *hex_json(const void *bytes, size_t n)
{
	char *hex = calloc(n + 1, 2);
	json_t *j = NULL;

	if (hex) {
		text_hex(hex, 2 * n + 1, bytes, n);
		j = json_string(hex);
	}
	free(hex);
	return j;
}

static json_t *value_json(const struct own_cell *c)
{
	if (c->is_null)
		return json_null();
	if (c->is_withheld)
		return json_pack("{s:s}", "withheld",
			c->column->kind == OWN_SECRET ? "secret" : "others");
	switch (c->column->kind) {
	case OWN_INT:
	case OWN_TIME: return json_integer((json_int_t)c->number);
	case OWN_FLAG: return json_boolean(c->number != 0);
	case OWN_ID:
	case OWN_WHO: return id_json((uint64_t)c->number);
	case OWN_TEXT: return json_stringn(c->bytes ? c->bytes : "", c->n);
	case OWN_BYTES: return hex_json(c->bytes, c->n);
	case OWN_SECRET:
	case OWN_OTHERS: break;
	}
	return NULL;
}

static json_t *columns_json(const struct own_table *t)
{
	json_t *list = json_array();

	for (const struct own_column *c = t->columns; c->name; c++)
		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "name", c->name, "kind",
				kinds[c->kind], "what", c->what));
	return list;
}

/* Without rows. */
static json_t *table_json(const struct own_table *t)
{
	return json_pack("{s:s, s:s, s:o, s:s, s:o}", "table", t->name, "purpose",
		t->purpose, "readers", readers_json(t->readers), "goes", t->goes,
		"columns", columns_json(t));
}

static json_t *places_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < own_places_n; i++) {
		const struct own_place *p = &own_places[i];

		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "name", p->name,
				"where", p->where, "what", p->what, "purpose", p->purpose,
				"readers", readers_json(p->readers), "goes", p->goes,
				"given", p->given));
	}
	return list;
}

static int add_table(struct own_export *x, json_t *tables, size_t i)
{
	json_t *one = table_json(&own_tables[i]);

	x->rows[i] = json_array();
	if (json_object_set_new(one, "rows", x->rows[i]) ||
		json_array_append_new(tables, one))
		return ENOMEM;
	return 0;
}

int own_export_begin(
	struct own_export *x, const struct store_agent *agent, int64_t now_ms)
{
	json_t *tables = json_array();
	int err = own_tables_n <= sizeof x->rows / sizeof *x->rows ? 0 : E2BIG;

	*x = (struct own_export){ 0 };
	for (size_t i = 0; !err && i < own_tables_n; i++)
		if (own_tables[i].mine)
			err = add_table(x, tables, i);
	x->root = json_pack("{s:i, s:I, s:{s:o, s:s, s:s}, s:O, s:o}", "format", FORMAT,
		"made_ms", (json_int_t)now_ms, "agent", "id", id_json(agent->id), "login",
		agent->login, "name", agent->name, "tables", tables, "elsewhere",
		places_json());
	json_decref(tables);
	if (!err && !x->root)
		err = ENOMEM;
	if (err)
		own_export_close(x);
	return err;
}

int own_export_row(void *arg, const struct own_table *table, const struct own_cell *cells,
	size_t n, int64_t goes_ms)
{
	struct own_export *x = arg;
	json_t *values = json_object();
	int err = values ? 0 : ENOMEM;

	for (size_t i = 0; !err && i < n; i++)
		if (json_object_set_new(
			    values, cells[i].column->name, value_json(&cells[i])))
			err = ENOMEM;
	json_t *row = err ? NULL : json_pack("{s:O}", "values", values);

	json_decref(values);
	if (!row ||
		json_object_set_new(row, "goes_ms",
			goes_ms ? json_integer((json_int_t)goes_ms) : json_null()) ||
		json_array_append_new(x->rows[table - own_tables], row)) {
		json_decref(row);
		return ENOMEM;
	}
	return 0;
}

json_t *own_export_end(struct own_export *x)
{
	json_t *root = x->root;

	x->root = NULL;
	return root;
}

void own_export_close(struct own_export *x)
{
	if (x) {
		json_decref(x->root);
		*x = (struct own_export){ 0 };
	}
}

json_t *own_register_json(void)
{
	json_t *tables = json_array();

	for (size_t i = 0; i < own_tables_n; i++) {
		json_t *one = table_json(&own_tables[i]);

		(void)json_object_set_new(
			one, "about_agents", json_boolean(own_tables[i].mine != NULL));
		(void)json_array_append_new(tables, one);
	}
	return json_pack("{s:i, s:o, s:o}", "format", FORMAT, "tables", tables,
		"elsewhere", places_json());
}
