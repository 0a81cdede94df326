/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: csv.  Each record is within its limits, each step goes forward, and lines are counted as they stand there; what
 * a person's columns make of its fields keeps every limit of theirs. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "core/people/person.h"
#include "wire/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_person(const struct csv_record *rec)
{
	static const struct person_queue queues[] = { { "10", "Auskunft" },
		{ "20", "B" } };
	static const struct person_house house = { queues, 2 };
	struct person p;

	person_begin(&p);
	for (size_t i = 0; i < rec->n && i < PERSON_COLUMNS; i++)
		if (person_read(&p, (enum person_column)i, rec->fields[i], &house))
			return;
	assert(p.n_skills <= ACD_SKILLS_MAX && p.roles && p.roles <= PERSON_ROLES_ALL);
	assert(p.clearance <= 2 && (p.queues.w[0] & ~3ULL) == 0 && !p.queues.w[1]);
	assert(text_is_clean_utf8(p.name) && (!*p.login || person_is_login(p.login)));
	for (size_t i = 0; i < p.n_skills; i++)
		assert(p.skills[i].level >= 1 && p.skills[i].level <= ACD_LEVEL_MAX);
	for (size_t i = 1; i < p.n_skills; i++)
		assert(strcmp(p.skills[i - 1].name, p.skills[i].name) < 0);
	assert(person_differs(&p, &p) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csv_record rec; /* large */
	enum csv_found found;
	struct csv c;
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	csv_init(&c, slice_of(data, size));
	for (size_t rest = size + 1; (found = csv_next(&c, &rec)) != CSV_END;
		rest = c.rest.n) {
		assert(c.rest.n < rest && rec.line >= 1 && rec.line <= lines);
		if (found != CSV_RECORD)
			continue;
		assert(rec.n >= 1 && rec.n <= CSV_FIELDS_MAX);
		for (size_t i = 0; i < rec.n; i++)
			assert(text_is_clean_utf8(rec.fields[i]));
		check_person(&rec);
	}
	assert(c.rest.n == 0 && c.line == lines);
	return 0;
}
