/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: a journal.  First byte even: the rest is read as it is.  Odd: the rest are records, a type and a length of two
 * bytes before each payload, that get a head and right checks, so that what they say is reached: whatever
 * passes must leave a core that keeps its promises.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/acd/journal_inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX (1u << 20)

struct text {
	uint8_t *p;
	size_t n;
};

static void append(void *arg, const void *bytes, size_t n)
{
	struct text *t = arg;

	if (t->n + n > TEXT_MAX)
		return;
	memcpy(t->p + t->n, bytes, n);
	t->n += n;
}

static void write_head(struct acd_journal *j)
{
	struct acd_journal_head head = { .version = ACD_VERSION };
	uint8_t bytes[64];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	wbuf_str(&w, JOURNAL_MAGIC);
	fields_put(&w, fields_head, &head, NULL);
	record_write(j, ACD_REC_HEAD, wbuf_slice_of(&w));
}

static void frame(struct text *t, struct slice s)
{
	struct acd_journal j = { .write = append, .arg = t };

	write_head(&j);
	while (s.n >= 3) {
		uint8_t type = s.p[0];
		size_t n = be16_get(s.p + 1);

		s = slice_from(s, 3);
		n = n < s.n ? n : s.n;
		n = n < ACD_RECORD_MAX ? n : ACD_RECORD_MAX;
		record_write(&j, (enum acd_record_type)type, slice_of(s.p, n));
		s = slice_from(s, n);
	}
}

static void run(const void *bytes, size_t n)
{
	struct acd_replay *r = malloc(sizeof *r);
	enum acd_replayed got;
	char words[ACD_WORDS_MAX];

	assert(r);
	got = acd_replay_init(r, bytes, n);
	while (got == ACD_REPLAY_SAME || got == ACD_REPLAY_DIFFERS) {
		got = acd_replay_next(r);
		if (got != ACD_REPLAY_SAME && got != ACD_REPLAY_DIFFERS)
			break;
		acd_event_words(words, &r->ev);
		for (size_t i = 0; i < r->recorded.n; i++)
			acd_action_words(words, &r->recorded.a[i]);
		if (r->acd.limits.calls * r->acd.limits.agents < 10000)
			assert(!acd_check(&r->acd));
	}
	acd_replay_close(r);
	free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = { NULL, 0 };

	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		run(data + 1, size - 1);
		return 0;
	}
	t.p = malloc(TEXT_MAX);
	assert(t.p);
	frame(&t, slice_of(data + 1, size - 1));
	run(t.p, t.n);
	free(t.p);
	return 0;
}
