/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The journal's own parts, shared by its files and its tests only. */
#ifndef CORE_ACD_JOURNAL_INNER_H
#define CORE_ACD_JOURNAL_INNER_H

#include "core/acd/fields.h"
#include "core/acd/journal.h"

#define JOURNAL_MAGIC "heimamt journal\n" /* so that a person sees what a file is */

static inline const struct hash64_key *journal_key(const struct acd_journal *j)
{
	return j->is_plain ? NULL : &j->key;
}

/* encode.c: the tables; a test sees to it that no field of these structs is missing. */
extern const struct fields fields_event, fields_action, fields_queue, fields_limits,
	fields_head;
/* The verdict and the actions. */
void encode_actions(
	struct wbuf *w, const struct acd_actions *a, const struct hash64_key *key);
bool decode_actions(struct slice *s, struct acd_actions *a);

/* record.c */
void record_write(struct acd_journal *j, enum acd_record_type type, struct slice payload);

/* image.c */
void image_write(struct acd_journal *j, const struct acd *acd);
/* One record of a snapshot into a new core; false: it cannot be. */
struct image_reader {
	uint32_t n_queues; /* read so far */
	bool is_change; /* into other rules, perhaps more queues: classes are found anew, and nothing is checked */
};
bool image_read(struct image_reader *r, struct acd *acd, const struct acd_record *rec);

#endif
