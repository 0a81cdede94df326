/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people_plan -- see people_plan.h. */
#include "app/people_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/csv.h"

#define TELL_EVERY 50 /* lines: several times a second */

static const char *const changes[] = { "unchanged", "added", "changed", "wrong" };

const char *people_change_word(enum people_change c)
{
	return changes[c];
}

/* What the making needs. */
struct making {
	struct people_plan *plan;
	const struct store_people *store;
	struct person_house house;
	uint64_t self;
	size_t n_here;
	size_t n_columns;
	enum person_column columns[CSV_FIELDS_MAX];
};

/* Twice the room where it is full. NULL: no memory. */
static struct people_line *add_line(struct people_plan *p, size_t line)
{
	bool is_full = (p->n & (p->n - 1)) == 0;
	struct people_line *more = is_full
		? reallocarray(p->lines, p->n ? 2 * p->n : 1, sizeof *more)
		: p->lines;

	if (!more)
		return NULL;
	p->lines = more;
	more[p->n] = (struct people_line){ .line = line, .column = PERSON_COLUMNS };
	return &more[p->n++];
}

/* The beginning of it, in whole letters. */
static void copy_cell(char out[PERSON_TEXT_MAX], const char *cell)
{
	size_t n = strlen(cell);

	if (n >= PERSON_TEXT_MAX) {
		n = PERSON_TEXT_MAX - 1;
		while (n > 0 && ((unsigned char)cell[n] & 0xC0) == 0x80)
			n--; /* RFC 3629: a letter's further bytes */
	}
	memcpy(out, cell, n);
	out[n] = 0;
}

static void fault(struct people_line *l, enum person_fault f, enum person_column column,
	const char *cell)
{
	l->change = PEOPLE_WRONG;
	l->fault = f;
	l->column = column;
	copy_cell(l->cell, cell);
}

static enum person_fault fault_of(enum csv_found found)
{
	switch (found) {
	case CSV_LONG: return PERSON_LONG;
	case CSV_QUOTE: return PERSON_QUOTE;
	case CSV_OPEN: return PERSON_OPEN_QUOTE;
	default: return PERSON_BYTES;
	}
}

/* --- the first line --- */

static void read_head(
	struct making *m, const struct csv_record *rec, struct people_line *l)
{
	unsigned seen = 0;

	for (size_t i = 0; i < rec->n && !l->fault; i++) {
		enum person_column c = person_column_of(rec->fields[i]);

		if (c == PERSON_COLUMNS)
			fault(l, PERSON_UNKNOWN_COLUMN, c, rec->fields[i]);
		else if (seen & 1u << c)
			fault(l, PERSON_TWICE_COLUMN, c, rec->fields[i]);
		seen |= c < PERSON_COLUMNS ? 1u << c : 0;
		m->columns[m->n_columns++] = c;
	}
	if (!l->fault && !(seen & 1u << PERSON_LOGIN))
		fault(l, PERSON_NO_LOGIN_COLUMN, PERSON_COLUMNS, "");
}

/* --- a person's line --- */

/* Whose line it is: what it was is where its cells begin. */
static const struct store_person *begin(
	const struct making *m, const struct csv_record *rec, struct people_line *l)
{
	const struct store_person *was = NULL;
	enum person_fault f;
	size_t i = 0;

	while (m->columns[i] != PERSON_LOGIN)
		i++;
	person_begin(&l->is);
	f = person_read(&l->is, PERSON_LOGIN, rec->fields[i], &m->house);
	if (f)
		fault(l, f, PERSON_LOGIN, rec->fields[i]);
	else
		was = store_person_of(m->store, l->is.login);
	if (was)
		l->id = was->id;
	if (was && store_person_is_here(was))
		l->is = was->is;
	return was;
}

static void read_cells(
	const struct making *m, const struct csv_record *rec, struct people_line *l)
{
	for (size_t i = 0; i < rec->n && !l->fault; i++) {
		enum person_fault f = person_read(
			&l->is, m->columns[i], rec->fields[i], &m->house);

		if (f)
			fault(l, f, m->columns[i], rec->fields[i]);
	}
	if (!l->fault && !*l->is.name)
		fault(l, PERSON_BAD_NAME, PERSON_NAME, "");
}

static bool is_twice(const struct people_plan *p, const struct people_line *l)
{
	for (size_t i = 0; i + 1 < p->n; i++)
		if (strcmp(p->lines[i].is.login, l->is.login) == 0)
			return true;
	return false;
}

/* Against the other lines, and what was. */
static void judge(struct making *m, struct people_line *l, const struct store_person *was)
{
	bool is_here = was && store_person_is_here(was);

	l->differs = is_here ? person_differs(&was->is, &l->is) : 0;
	l->change = !is_here ? PEOPLE_ADDED : l->differs ? PEOPLE_CHANGED : PEOPLE_SAME;
	if (is_twice(m->plan, l))
		fault(l, PERSON_TWICE, PERSON_LOGIN, l->is.login);
	else if (was && was->left_ms)
		fault(l, PERSON_LEFT, PERSON_LOGIN, l->is.login);
	else if (l->differs && was->origin == STORE_CONFIGURED)
		fault(l, PERSON_CONFIGURED, PERSON_LOGIN, l->is.login);
	else if (l->id && l->id == m->self && !(l->is.roles & PERSON_ROLE_ADMIN))
		fault(l, PERSON_OWN_ROLE, PERSON_ROLES, l->is.login);
	else if (l->change == PEOPLE_ADDED && ++m->n_here > STORE_PEOPLE_MAX)
		fault(l, PERSON_TOO_MANY, PERSON_COLUMNS, l->is.login);
}

static void read_person(
	struct making *m, const struct csv_record *rec, struct people_line *l)
{
	const struct store_person *was;

	if (rec->n != m->n_columns) {
		fault(l, PERSON_FIELDS, PERSON_COLUMNS, rec->fields[0]);
		return;
	}
	was = begin(m, rec, l);
	if (!l->fault)
		read_cells(m, rec, l);
	if (!l->fault)
		judge(m, l, was);
}

static int read_all(struct making *m, struct slice text)
{
	struct csv_record *rec = malloc(sizeof *rec);
	enum csv_found found;
	struct csv c;
	int err = rec ? 0 : ENOMEM;

	csv_init(&c, text);
	while (!err && (found = csv_next(&c, rec)) != CSV_END) {
		struct people_line *l = add_line(m->plan, rec->line);

		if (!l)
			err = ENOMEM;
		else if (found != CSV_RECORD)
			fault(l, fault_of(found), PERSON_COLUMNS, "");
		else if (m->n_columns)
			read_person(m, rec, l);
		else
			read_head(m, rec, l);
		if (l && l->fault && (!m->n_columns || m->plan->n == 1))
			break; /* without a head nothing says what the cells are */
		if (m->plan->n > PEOPLE_LINES_MAX) {
			fault(l, PERSON_TOO_MANY, PERSON_COLUMNS, "");
			break;
		}
	}
	free(rec);
	return err;
}

/* The head was the first line; it is told only where it is wrong. */
static int drop_head(struct people_plan *p)
{
	if (p->n && p->lines[0].fault)
		return 0;
	if (p->n < 2) {
		struct people_line *l = p->n ? p->lines : add_line(p, 1);

		if (!l)
			return ENOMEM;
		fault(l, PERSON_EMPTY_FILE, PERSON_COLUMNS, "");
		return 0;
	}
	memmove(p->lines, p->lines + 1, --p->n * sizeof *p->lines);
	return 0;
}

int people_plan_make(struct people_plan **out, const struct store_people *house,
	struct slice csv, uint64_t self)
{
	struct people_plan *p = calloc(1, sizeof *p);
	struct making m = { .plan = p,
		.store = house,
		.house = { house->queues, house->n_queues },
		.self = self };
	int err = p ? 0 : ENOMEM;

	for (size_t i = 0; i < house->n_people; i++)
		m.n_here += store_person_is_here(&house->people[i]);
	if (!err)
		err = read_all(&m, csv);
	if (!err)
		err = drop_head(p);
	for (size_t i = 0; !err && i < p->n; i++)
		p->counts[p->lines[i].change]++;
	if (!err) {
		*out = p;
		p = NULL; /* handed over */
	}
	people_plan_free(p);
	return err;
}

void people_plan_free(struct people_plan *p)
{
	if (!p)
		return;
	free(p->lines);
	free(p);
}

int people_plan_apply(struct sqlite3 *db, const struct store_people *house,
	const struct people_plan *p, uint16_t node, uint64_t by,
	void (*done)(size_t n, size_t of))
{
	int err = p->counts[PEOPLE_WRONG] ? EINVAL : 0;

	for (size_t i = 0; !err && i < p->n; i++) {
		const struct people_line *l = &p->lines[i];

		if (l->change != PEOPLE_SAME)
			err = people_put(db, house, l->id, &l->is, node, by);
		if (done && (i + 1) % TELL_EVERY == 0)
			done(i + 1, p->n);
	}
	return err;
}

/* --- as JSON --- */

static json_t *skills_json(const struct person *p)
{
	json_t *all = json_array();
	char text[PERSON_SKILL_MAX + 8];

	for (size_t i = 0; i < p->n_skills; i++) {
		const struct person_skill *s = &p->skills[i];

		(void)text_format(text, sizeof text, s->level > 1 ? "%s=%u" : "%s",
			s->name, s->level);
		(void)json_array_append_new(all, json_string(text));
	}
	return all;
}

static json_t *teams_json(const struct store_people *house, const struct person *p)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < house->n_queues; i++)
		if (acd_queues_have(&p->queues, i))
			(void)json_array_append_new(
				all, json_string(house->queues[i].number));
	return all;
}

static json_t *roles_json(const struct person *p)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < PERSON_ROLES_N; i++)
		if (p->roles & 1u << i)
			(void)json_array_append_new(
				all, json_string(person_role_word(i)));
	return all;
}

json_t *people_person_json(const struct store_people *house, const struct person *p)
{
	static const char *const clearances[] = { "general", "confidential", "strict" };

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "login", p->login, "name",
		p->name, "workplace", p->at_home ? "home" : "office", "clearance",
		clearances[p->clearance < 2 ? p->clearance : 2], "roles", roles_json(p),
		"teams", teams_json(house, p), "skills", skills_json(p));
}

static json_t *columns_json(unsigned differs)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < PERSON_COLUMNS; i++)
		if (differs & 1u << i)
			(void)json_array_append_new(all,
				json_string(person_column_word((enum person_column)i)));
	return all;
}

static json_t *line_json(const struct people_line *l)
{
	json_t *j = json_pack(
		"{s:I, s:s}", "line", (json_int_t)l->line, "change", changes[l->change]);

	if (l->change == PEOPLE_WRONG) {
		(void)json_object_set_new(
			j, "fault", json_string(person_fault_word(l->fault)));
		(void)json_object_set_new(
			j, "mend", json_string(person_fault_mend(l->fault)));
		(void)json_object_set_new(j, "cell", json_string(l->cell));
		if (l->column < PERSON_COLUMNS)
			(void)json_object_set_new(
				j, "column", json_string(person_column_word(l->column)));
		return j;
	}
	(void)json_object_set_new(j, "login", json_string(l->is.login));
	(void)json_object_set_new(j, "name", json_string(l->is.name));
	(void)json_object_set_new(j, "columns", columns_json(l->differs));
	return j;
}

json_t *people_plan_json(const struct people_plan *p)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < p->n; i++)
		if (p->lines[i].change != PEOPLE_SAME)
			(void)json_array_append_new(lines, line_json(&p->lines[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "added",
		(json_int_t)p->counts[PEOPLE_ADDED], "changed",
		(json_int_t)p->counts[PEOPLE_CHANGED], "unchanged",
		(json_int_t)p->counts[PEOPLE_SAME], "wrong",
		(json_int_t)p->counts[PEOPLE_WRONG], "lines", lines);
}
