/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* journal -- writing a segment.  See journal.h. */
#include "core/acd/journal.h"

#include <string.h>

#include "core/acd/journal_inner.h"

static void write_head(struct acd_journal *j, const struct acd_journal_head *head)
{
	struct acd_journal_head h = *head;
	uint8_t bytes[128];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	h.version = ACD_VERSION;
	wbuf_str(&w, JOURNAL_MAGIC);
	fields_put(&w, fields_head, &h, NULL);
	record_write(j, ACD_REC_HEAD, wbuf_slice_of(&w));
}

static void put_name(struct wbuf *w, const char *name)
{
	size_t n = strnlen(name, ACD_JOURNAL_NAME_MAX - 1);

	wbuf_put(w, name, n);
}

static void write_queues(struct acd_journal *j, const struct acd *acd,
	const struct acd_journal_names *names)
{
	for (size_t i = 0; i < acd->n_queues; i++) {
		uint8_t bytes[ACD_RECORD_MAX];
		struct wbuf w = wbuf_of(bytes, sizeof bytes);

		fields_put(&w, fields_queue, &acd->queues[i].cfg, NULL);
		put_name(&w, names->queues[i]);
		record_write(j, ACD_REC_QUEUE, wbuf_slice_of(&w));
	}
	for (size_t i = 0; i < names->n_skills; i++)
		record_write(j, ACD_REC_SKILL,
			slice_of(names->skills[i],
				strnlen(names->skills[i], ACD_JOURNAL_NAME_MAX - 1)));
}

static void write_limits(struct acd_journal *j, const struct acd *acd)
{
	uint8_t bytes[64];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	fields_put(&w, fields_limits, &acd->limits, NULL);
	record_write(j, ACD_REC_LIMITS, wbuf_slice_of(&w));
}

void acd_journal_begin(struct acd_journal *j, const struct acd *acd,
	const struct acd_journal_head *head, const struct acd_journal_names *names)
{
	write_head(j, head);
	acd_journal_rules(j, acd, names);
	image_write(j, acd);
}

void acd_journal_rules(struct acd_journal *j, const struct acd *acd,
	const struct acd_journal_names *names)
{
	write_limits(j, acd);
	write_queues(j, acd, names);
}

void acd_journal_event(struct acd_journal *j, const struct acd_event *ev,
	const struct acd_actions *actions)
{
	uint8_t bytes[ACD_RECORD_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	fields_put(&w, fields_event, ev, journal_key(j));
	encode_actions(&w, actions, journal_key(j));
	record_write(j, ACD_REC_EVENT, wbuf_slice_of(&w));
	j->n_events++;
}

void acd_journal_end(struct acd_journal *j)
{
	record_write(j, ACD_REC_END, slice_of(NULL, 0));
}

uint64_t acd_journal_alias(const struct hash64_key *key, uint64_t id)
{
	return fields_alias(key, id);
}
