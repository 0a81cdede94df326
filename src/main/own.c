/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* own -- heimamt own LOGIN: what is held about an agent; heimamt own --register: what is kept at all. */
#include "app/own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "main/commands.h"
#include "main/options.h"

static const char usage[] =
	"heimamt own LOGIN [--config FILE] [--state DIR] [--json]\n"
	"heimamt own --register [--json]\n"
	"  LOGIN       prints what is held about this agent: table by table, with "
	"purpose, "
	"readers\n"
	"              and the date at which each row goes. It is for the agent: hand it "
	"over to\n"
	"              nobody else. Secrets, and what concerns others, are withheld. The "
	"centre may be\n"
	"              running; agents have the same at their desk.\n"
	"  --register  prints what is kept at all, and of whom: each table and column, "
	"and "
	"what is\n"
	"              outside the records. In Markdown; nothing is opened.\n"
	"  --json      for programs; docs/own-data.md has the form\n\n"
	"Examples:\n"
	"  heimamt own anna --json >anna.json\n"
	"  heimamt own --register\n";

static int put_json(json_t *j)
{
	int failed = !j || json_dumpf(j, stdout, JSON_INDENT(1)) || puts("") == EOF ||
		fflush(stdout) == EOF;

	json_decref(j);
	if (failed)
		fputs("heimamt: it could not be written out.\n", stderr);
	return failed ? 1 : 0;
}

/* --- the register --- */

static void print_readers(unsigned readers)
{
	const char *between = "";

	for (unsigned i = 0; i < OWN_READERS; i++)
		if (readers & 1u << i) {
			printf("%s%s", between, own_reader_word(i));
			between = ", ";
		}
}

static void print_tables(bool about_agents)
{
	puts("\n| table | purpose | readers | goes |\n|---|---|---|---|");
	for (size_t i = 0; i < own_tables_n; i++) {
		const struct own_table *t = &own_tables[i];

		if ((t->mine != NULL) != about_agents)
			continue;
		printf("| `%s` | %s | ", t->name, t->purpose);
		print_readers(t->readers);
		printf(" | %s |\n", t->goes);
	}
}

static void print_columns(void)
{
	static const char *const given[] = {
		[OWN_WHO] = "the agent alone; of somebody else withheld",
		[OWN_SECRET] = "that it is held, not itself",
		[OWN_OTHERS] = "no: it concerns somebody else",
	};

	puts("\n| column | says | given |\n|---|---|---|");
	for (size_t i = 0; i < own_tables_n; i++)
		for (const struct own_column *c = own_tables[i].columns; c->name; c++)
			printf("| `%s.%s` | %s | %s |\n", own_tables[i].name, c->name,
				c->what,
				!own_tables[i].mine         ? "about no agent"
					: c->kind < OWN_WHO ? "yes"
							    : given[c->kind]);
}

static void print_places(void)
{
	puts("\n| what | where | purpose | readers | goes | given "
	     "|\n|---|---|---|---|---|---|");
	for (size_t i = 0; i < own_places_n; i++) {
		const struct own_place *p = &own_places[i];

		printf("| %s | %s | %s | ", p->what, p->where, p->purpose);
		print_readers(p->readers);
		printf(" | %s | %s |\n", p->goes, p->given);
	}
}

static int print_register(void)
{
	puts("### About agents, in the records");
	print_tables(true);
	puts("\n### About no agent, in the records");
	print_tables(false);
	puts("\n### Each column");
	print_columns();
	puts("\n### About agents, outside the records");
	print_places();
	return 0;
}

/* --- one agent --- */

static void print_time(int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&s, &tm))
		(void)strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	fputs(text, stdout);
}

static void print_value(const char *kind, const json_t *v)
{
	if (json_is_object(v))
		fputs(strcmp(kind, "secret") == 0 ? "(held, not shown)"
						  : "(of somebody else)",
			stdout);
	else if (json_is_string(v))
		fputs(json_string_value(v), stdout);
	else if (json_is_boolean(v))
		fputs(json_is_true(v) ? "yes" : "no", stdout);
	else if (json_is_integer(v) && strcmp(kind, "time") == 0)
		print_time(json_integer_value(v));
	else if (json_is_integer(v))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else
		fputs("-", stdout);
}

static void print_row(const json_t *table, const json_t *row)
{
	const json_t *columns = json_object_get(table, "columns");
	const json_t *goes = json_object_get(row, "goes_ms");

	fputs(" ", stdout);
	for (size_t i = 0; i < json_array_size(columns); i++) {
		const json_t *column = json_array_get(columns, i);
		const char *name = json_string_value(json_object_get(column, "name"));

		printf(" %s ", name);
		print_value(json_string_value(json_object_get(column, "kind")),
			json_object_get(json_object_get(row, "values"), name));
		fputs(";", stdout);
	}
	if (json_is_integer(goes)) {
		fputs(" goes ", stdout);
		print_time(json_integer_value(goes));
	}
	puts("");
}

static void print_table(const json_t *table)
{
	const json_t *rows = json_object_get(table, "rows");

	printf("\n%s: %s\n  goes: %s\n",
		json_string_value(json_object_get(table, "table")),
		json_string_value(json_object_get(table, "purpose")),
		json_string_value(json_object_get(table, "goes")));
	if (json_array_size(rows) == 0)
		puts("  nothing held");
	for (size_t i = 0; i < json_array_size(rows); i++)
		print_row(table, json_array_get(rows, i));
}

static int print_own(const struct store_agent *agent, json_t *own)
{
	const json_t *tables = json_object_get(own, "tables");
	const json_t *places = json_object_get(own, "elsewhere");

	printf("What is held about %s (%s)\n", agent->name, agent->login);
	for (size_t i = 0; i < json_array_size(tables); i++)
		print_table(json_array_get(tables, i));
	puts("\nOutside the records:");
	for (size_t i = 0; i < json_array_size(places); i++) {
		const json_t *one = json_array_get(places, i);

		printf("  %s: %s\n    goes: %s; given: %s\n",
			json_string_value(json_object_get(one, "where")),
			json_string_value(json_object_get(one, "what")),
			json_string_value(json_object_get(one, "goes")),
			json_string_value(json_object_get(one, "given")));
	}
	json_decref(own);
	return 0;
}

static int tell(
	const struct options *o, struct store *st, const struct store_agent *agent)
{
	struct own_export x = { 0 };
	int err = own_export_begin(&x, agent, options_wall_ms());

	if (!err)
		err = store_own(st, agent->id, own_export_row, &x);
	if (err) {
		fprintf(stderr, "heimamt: the records cannot be read: %s.\n",
			strerror(err));
		own_export_close(&x);
		return 1;
	}
	return o->json ? put_json(own_export_end(&x))
		       : print_own(agent, own_export_end(&x));
}

int command_own(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	struct store_agent agent;
	struct store *st = NULL;
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (o.kept)
		return o.json ? put_json(own_register_json()) : print_register();
	status = options_open_agent(&o, usage, &c, &st, &agent);
	if (!status)
		status = tell(&o, st, &agent);
	store_close(st);
	config_close(&c);
	return status;
}
