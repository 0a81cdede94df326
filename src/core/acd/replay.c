/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* replay -- runs a segment again and compares.  See journal.h. */
#include <errno.h>
#include <string.h>

#include "core/acd/journal.h"
#include "core/acd/journal_inner.h"

static const enum acd_replayed of_read[] = {
	[ACD_READ_OVER] = ACD_REPLAY_OPEN,
	[ACD_READ_TORN] = ACD_REPLAY_TORN,
	[ACD_READ_ALTERED] = ACD_REPLAY_ALTERED,
};

static enum acd_replayed read_head(struct acd_replay *r)
{
	struct slice magic = slice_str(JOURNAL_MAGIC), s;
	struct acd_record rec;
	enum acd_read got = acd_reader_next(&r->reader, &rec);

	if (got == ACD_READ_OVER || got == ACD_READ_TORN)
		return of_read[got]; /* just begun */
	if (got != ACD_READ_DONE || rec.type != ACD_REC_HEAD)
		return ACD_REPLAY_FOREIGN;
	s = rec.payload;
	if (s.n < magic.n || !slice_eq(slice_of(s.p, magic.n), magic))
		return ACD_REPLAY_FOREIGN;
	s = slice_from(s, magic.n);
	if (!fields_get(&s, fields_head, &r->head, sizeof r->head))
		return ACD_REPLAY_FOREIGN;
	return r->head.version == ACD_VERSION ? ACD_REPLAY_SAME : ACD_REPLAY_FOREIGN;
}

static bool get_name(struct slice s, char out[ACD_JOURNAL_NAME_MAX])
{
	return slice_copy(s, out, ACD_JOURNAL_NAME_MAX) == 0;
}

/* Of one record; false: it cannot be. */
static bool read_config(struct acd_replay *r, const struct acd_record *rec)
{
	struct acd_replay_rules *c = &r->rules;
	struct slice s = rec->payload;

	switch (rec->type) {
	case ACD_REC_LIMITS:
		return !c->limits.calls &&
			fields_get(&s, fields_limits, &c->limits, sizeof c->limits) &&
			c->limits.calls <= ACD_REPLAY_LIMIT &&
			c->limits.agents <= ACD_REPLAY_LIMIT &&
			c->limits.groups <= ACD_REPLAY_LIMIT / 64;
	case ACD_REC_QUEUE:
		if (c->n_queues == ACD_QUEUES_MAX ||
			!fields_get(&s, fields_queue, &c->queues[c->n_queues],
				sizeof *c->queues))
			return false;
		return get_name(s, r->queues[c->n_queues++]);
	case ACD_REC_SKILL:
		return r->n_skills < ACD_SKILLS_MAX &&
			get_name(s, r->skills[r->n_skills++]);
	default: return false;
	}
}

static enum acd_replayed start_core(struct acd_replay *r)
{
	int err = acd_init(&r->acd, r->rules.queues, r->rules.n_queues, &r->rules.limits);

	r->has_acd = !err;
	return !err             ? ACD_REPLAY_SAME
		: err == ENOMEM ? ACD_REPLAY_NO_MEMORY
				: ACD_REPLAY_NONSENSE;
}

/* Configuration, then snapshot. */
static enum acd_replayed read_begin(struct acd_replay *r)
{
	struct image_reader image = { 0 };
	struct acd_record rec;
	enum acd_replayed got = ACD_REPLAY_SAME;

	do {
		enum acd_read read = acd_reader_next(&r->reader, &rec);

		if (read != ACD_READ_DONE)
			return of_read[read];
		if (rec.type <= ACD_REC_SKILL && !r->has_acd) {
			if (!read_config(r, &rec))
				return ACD_REPLAY_NONSENSE;
			continue;
		}
		if (!r->has_acd)
			got = start_core(r);
		if (got == ACD_REPLAY_SAME && !image_read(&image, &r->acd, &rec))
			got = ACD_REPLAY_NONSENSE;
	} while (got == ACD_REPLAY_SAME && rec.type != ACD_REC_STATE);
	return got;
}

enum acd_replayed acd_replay_init(struct acd_replay *r, const void *bytes, size_t n)
{
	enum acd_replayed got;

	memset(r, 0, sizeof *r);
	r->reader.bytes = slice_of(bytes, n);
	got = read_head(r);
	return got == ACD_REPLAY_SAME ? read_begin(r) : got;
}

void acd_replay_close(struct acd_replay *r)
{
	if (!r || !r->has_acd)
		return;
	acd_close(&r->acd);
	acd_close(&r->next);
	r->has_acd = false;
}

/* Byte for byte. */
static bool is_same(struct slice recorded, const struct acd_actions *actions)
{
	uint8_t bytes[ACD_RECORD_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	encode_actions(&w, actions, NULL);
	return slice_eq(recorded, wbuf_slice_of(&w));
}

/* Rules that are to change begin with their limits; those before are forgotten, with the names. */
static bool read_rules(struct acd_replay *r, const struct acd_record *rec)
{
	if (rec->type == ACD_REC_LIMITS) {
		memset(&r->rules, 0, sizeof r->rules);
		r->n_skills = 0;
	}
	return read_config(r, rec);
}

static enum acd_replayed prepare(struct acd_replay *r)
{
	const struct acd_replay_rules *c = &r->rules;
	int err = acd_prepare(&r->next, &r->acd, c->queues, c->n_queues, &c->limits);

	if (err)
		return err == ENOMEM ? ACD_REPLAY_NO_MEMORY : ACD_REPLAY_NONSENSE;
	r->acd.next = &r->next;
	return ACD_REPLAY_SAME;
}

static enum acd_replayed run(struct acd_replay *r, struct slice payload)
{
	enum acd_replayed got = ACD_REPLAY_SAME;
	struct slice recorded;

	if (!fields_get(&payload, fields_event, &r->ev, sizeof r->ev))
		return ACD_REPLAY_NONSENSE;
	recorded = payload;
	if (!decode_actions(&payload, &r->recorded) || payload.n > 0)
		return ACD_REPLAY_NONSENSE;
	if (r->ev.type == ACD_EV_CONFIGURE && r->recorded.verdict == ACD_DONE)
		got = prepare(r);
	if (got != ACD_REPLAY_SAME)
		return got;
	acd_step(&r->acd, &r->ev, &r->actions);
	r->n_events++;
	r->n_actions += r->actions.n;
	return is_same(recorded, &r->actions) ? ACD_REPLAY_SAME : ACD_REPLAY_DIFFERS;
}

enum acd_replayed acd_replay_next(struct acd_replay *r)
{
	struct acd_reader before = r->reader;
	struct acd_record rec;
	enum acd_read read;
	enum acd_replayed got;

	do {
		read = acd_reader_next(&r->reader, &rec);
		if (read != ACD_READ_DONE)
			return of_read[read];
		if (rec.type > ACD_REC_SKILL)
			break;
		if (!read_rules(r, &rec)) {
			r->reader = before;
			return ACD_REPLAY_NONSENSE;
		}
	} while (true);
	if (rec.type == ACD_REC_END)
		return r->reader.at == r->reader.bytes.n && rec.payload.n == 0
			? ACD_REPLAY_ENDED
			: ACD_REPLAY_ALTERED;
	got = rec.type == ACD_REC_EVENT ? run(r, rec.payload) : ACD_REPLAY_NONSENSE;
	if (got == ACD_REPLAY_NONSENSE)
		r->reader = before;
	return got;
}
