/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * simulate_json -- a JSON object into a struct, by a table of its keys; complaints name the place.
 *
 * What no table names is refused, so that a misspelt key is not a default in silence.  The first thing wrong
 * is told on standard error, with its path in the document and what would be right, and is the end.
 *
 * Memory: the caller's.  Thread: the only one.
 */
#ifndef MAIN_SIMULATE_JSON_H
#define MAIN_SIMULATE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/sim/sim.h"

#define JSON_PATH_MAX 256

/* Where the reading is, and what it has met. */
struct json_reader {
	const char *file;
	char path[JSON_PATH_MAX]; /* "queues[0].service"; "" at the top */
	char skills[ACD_SKILLS_MAX][SIM_NAME_MAX];
	size_t n_skills;
};

enum json_kind {
	JSON_KIND_NUMBER, /* double */
	JSON_KIND_COUNT, /* uint64_t */
	JSON_KIND_COUNT32, /* uint32_t */
	JSON_KIND_NAME, /* char[SIM_NAME_MAX] */
	JSON_KIND_WORD, /* an enum: the word's place in `words` */
	JSON_KIND_OTHER, /* read() has it */
};

struct json_field {
	const char *key;
	enum json_kind kind;
	size_t at; /* offset in the struct */
	bool is_needed;
	double min, max; /* of a number or count */
	const char *what; /* what is needed, for a complaint: "seconds, such as 60" */
	const char *const *words; /* ends with NULL */
	int (*read)(struct json_reader *r, const json_t *value, void *to);
};

/* Fills `to` by the table, which ends with a key of NULL; keys that are not there leave it as it is. 0 or EINVAL. */
int json_read_object(struct json_reader *r, const json_t *value,
	const struct json_field *fields, void *to);

/* Appends ".key" or "[index]" to the path; json_path_back() takes it off again. */
size_t json_path_key(struct json_reader *r, const char *key);
size_t json_path_index(struct json_reader *r, size_t index);
void json_path_back(struct json_reader *r, size_t length);

/* Says what is wrong at the path, "FILE: PATH ..."; EINVAL. */
int json_wrong(const struct json_reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
