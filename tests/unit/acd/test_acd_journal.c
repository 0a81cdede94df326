/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The journal: every field is in it, what was torn or altered is noticed, and whatever happens can be run again,
 * from any moment on, under other names, with the same actions and the same state at the end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "core/acd/journal_inner.h"

enum { RUNS = 6, STEPS = 6000, TEXT_MAX = 1 << 20 };

/* Where segments are written. */
struct text {
	uint8_t *p;
	size_t n;
};

static void append(void *arg, const void *bytes, size_t n)
{
	struct text *t = arg;

	assert_true(t->n + n <= TEXT_MAX);
	memcpy(t->p + t->n, bytes, n);
	t->n += n;
}

static struct text text_new(void)
{
	struct text t = { malloc(TEXT_MAX), 0 };

	assert_non_null(t.p);
	return t;
}

static const char *const queue_names[CHANCE_QUEUES] = { "Post", "Bank", "Secret" };
static const char *const skill_names[] = { "de", "fr", "it" };
static const struct acd_journal_names names = { queue_names, skill_names, 3 };

static struct acd_journal begin(struct text *t, const struct acd *acd, uint64_t key)
{
	struct acd_journal j = { .write = append, .arg = t, .key = { key, ~key } };
	struct acd_journal_head head = {
		.begun = ACD_BEGUN_FULL, .wall_ms = 1800000000000, .at_ms = acd->now_ms
	};

	t->n = 0;
	acd_journal_begin(&j, acd, &head, &names);
	return j;
}

/* --- the hash --- */

/* The paper's appendix A, and the first of its authors' published vectors: key 00 01 .. 0f, input 00 01 .. */
static void test_hash(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} cases[] = { { 0, 0x726fdb47dd0e0e31 }, { 15, 0xa129ca6149be45e5 } };
	uint8_t bytes[16];
	struct hash64_key key;

	for (uint8_t i = 0; i < 16; i++)
		bytes[i] = i;
	key = hash64_key_of(bytes);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(hash64(&key, bytes, cases[i].n), cases[i].hash);
}

/* --- every field --- */

#if defined(__has_builtin) && __has_builtin(__builtin_clear_padding)
#define FILL(s) (memset(&(s), 0xff, sizeof(s)), __builtin_clear_padding(&(s)))
#else
#define FILL(s) 0 /* clang before 19 does not tell what is padding: gcc runs this test */
#define CANNOT_FILL
#endif

#ifndef CANNOT_FILL
/* Each byte that is not padding belongs to a field of the table. */
static void covers(const char *what, const void *filled, size_t size, struct fields f)
{
	const uint8_t *is_used = filled;

	for (size_t at = 0; at < size; at++) {
		size_t n = 0;

		for (size_t i = 0; i < f.n; i++)
			n += at >= f.f[i].at && at < (size_t)f.f[i].at + f.f[i].size;
		if (n != (is_used[at] ? 1 : 0))
			fail_msg("%s: byte %zu is in %zu fields of the journal's table",
				what, at, n);
	}
}

/* gcc 12 clears padding behind an array of structs in the wrong place: there it is done by hand. */
static void fill_queue(struct acd_queue_config *q)
{
	const size_t gap = offsetof(struct acd_queue_config, callback_tries) + 1;
	struct acd_diversion d;

	FILL(*q);
	memset((char *)q + offsetof(struct acd_queue_config, relax), 0xff,
		sizeof *q - offsetof(struct acd_queue_config, relax));
	memset((char *)q + gap, 0, offsetof(struct acd_queue_config, diversions) - gap);
	FILL(d);
	for (size_t i = 0; i < ACD_DIVERSIONS_MAX; i++)
		memcpy(&q->diversions[i], &d, sizeof d);
}
#endif

static void test_fields(void **state)
{
#ifdef CANNOT_FILL
	skip();
#else
	union {
		struct acd_event event;
		struct acd_action action;
		struct acd_queue_config queue;
		struct acd_limits limits;
		struct acd_journal_head head;
	} s;

	FILL(s.event);
	covers("event", &s.event, sizeof s.event, fields_event);
	FILL(s.action);
	covers("action", &s.action, sizeof s.action, fields_action);
	fill_queue(&s.queue);
	covers("queue", &s.queue, sizeof s.queue, fields_queue);
	FILL(s.limits);
	covers("limits", &s.limits, sizeof s.limits, fields_limits);
	FILL(s.head);
	covers("head", &s.head, sizeof s.head, fields_head);
#endif
}

static void round_trip(struct fields f, const void *value, size_t size, void *again)
{
	uint8_t bytes[ACD_RECORD_MAX], twice[ACD_RECORD_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes), v = wbuf_of(twice, sizeof twice);
	struct slice s;

	fields_put(&w, f, value, NULL);
	s = wbuf_slice_of(&w);
	assert_true(fields_get(&s, f, again, size));
	assert_int_equal(s.n, 0);
	assert_memory_equal(value, again, size);
	fields_put(&v, f, again, NULL);
	assert_true(slice_eq(wbuf_slice_of(&w), wbuf_slice_of(&v)));
	for (size_t n = 0; n < w.n; n++) { /* too short is never read */
		s = slice_of(bytes, n);
		assert_false(fields_get(&s, f, again, size));
	}
}

static void random_value(struct chance *c, struct fields f, void *value, size_t size)
{
	memset(value, 0, size);
	for (size_t i = 0; i < f.n; i++) {
		uint64_t v = chance_below(c, 2) ? chance_below(c, UINT64_MAX) : 0;
		const struct field *d = &f.f[i];
		int64_t ms = (int64_t)(v >> 22) - FIELDS_TIME_MAX / 2;

		if (d->kind == FIELD_WORD)
			v %= d->limit;
		else if (d->kind == FIELD_FLAG)
			v &= 1;
		else if (d->kind == FIELD_TIME)
			v = (uint64_t)ms;
		memcpy((char *)value + d->at, &v, d->size); /* little endian here */
	}
}

static void test_round_trip(void **state)
{
	struct chance c = { .random = 7 };
	union {
		struct acd_event event;
		struct acd_action action;
		struct acd_queue_config queue;
	} a, b;

	for (int i = 0; i < 300; i++) {
		random_value(&c, fields_event, &a.event, sizeof a.event);
		round_trip(fields_event, &a.event, sizeof a.event, &b.event);
		random_value(&c, fields_action, &a.action, sizeof a.action);
		round_trip(fields_action, &a.action, sizeof a.action, &b.action);
		random_value(&c, fields_queue, &a.queue, sizeof a.queue);
		round_trip(fields_queue, &a.queue, sizeof a.queue, &b.queue);
	}
}

/* --- running again --- */

static void new_core(struct acd *acd)
{
	assert_int_equal(acd_init(acd, chance_queues, CHANCE_QUEUES, &chance_limits), 0);
}

/* Now and then other rules. */
static void prepare(
	struct acd *acd, struct acd *next, struct chance *c, struct acd_event *ev)
{
	struct acd_queue_config q[CHANCE_QUEUES];

	memcpy(q, chance_queues, sizeof q);
	q[0].max_waiting = 3 + (uint32_t)chance_below(c, 6);
	if (chance_below(c, 2)) {
		q[0].skills = (struct acd_skills){ { 0 } };
		q[0].n_relax = 0;
	}
	q[1].n_diversions = (uint8_t)chance_below(c, 3);
	assert_int_equal(acd_prepare(next, acd, q, CHANCE_QUEUES, &acd->limits), 0);
	acd->next = next;
	*ev = (struct acd_event){ .type = ACD_EV_CONFIGURE, .at_ms = c->now_ms };
}

static void step(struct acd *acd, struct chance *c, struct acd_journal *j)
{
	struct acd_event ev = chance_event(c, acd);
	struct acd_actions acts;
	struct acd next;

	if (chance_below(c, 50) == 0)
		prepare(acd, &next, c, &ev);
	acd_step(acd, &ev, &acts);
	if (ev.type == ACD_EV_CONFIGURE)
		acd_journal_rules(j, acd, &names);
	acd_journal_event(j, &ev, &acts);
}

static void told(const struct acd_replay *r)
{
	char words[ACD_WORDS_MAX];

	acd_event_words(words, &r->ev);
	printf("# event %llu: %s\n", (unsigned long long)r->n_events, words);
	for (size_t i = 0; i < r->recorded.n; i++) {
		acd_action_words(words, &r->recorded.a[i]);
		printf("#   had: %s\n", words);
	}
	for (size_t i = 0; i < r->actions.n; i++) {
		acd_action_words(words, &r->actions.a[i]);
		printf("#   has: %s\n", words);
	}
}

/* The state as a segment's beginning has it, its records sorted: agents and calls may lie in other places. */
struct state {
	struct text text;
	struct slice records[CHANCE_CALLS + 5 * CHANCE_AGENTS + CHANCE_QUEUES + 1];
	size_t n;
};

static int by_content(const void *pa, const void *pb)
{
	const struct slice *a = pa, *b = pb;
	size_t n = a->n < b->n ? a->n : b->n;
	int order = memcmp(a->p, b->p, n);

	return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* of: whose pseudonyms; NULL: they are the core's ids. */
static void state_of_core(
	struct state *s, const struct acd *acd, const struct acd_journal *of)
{
	struct acd_journal j = { .write = append, .arg = &s->text, .is_plain = !of };
	struct acd_record rec;
	struct acd_reader r = { .at = 0 };

	if (of)
		j.key = of->key;
	s->text = text_new();
	s->n = 0;
	image_write(&j, acd);
	r.bytes = slice_of(s->text.p, s->text.n);
	while (acd_reader_next(&r, &rec) == ACD_READ_DONE) /* with its type */
		s->records[s->n++] = slice_of(rec.payload.p - 1, rec.payload.n + 1);
	qsort(s->records, s->n, sizeof *s->records, by_content);
}

static void compare_states(
	const struct acd *acd, const struct acd_journal *j, const struct acd *again)
{
	struct state a, b;

	state_of_core(&a, acd, j);
	state_of_core(&b, again, NULL);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++)
		if (!slice_eq(a.records[i], b.records[i]))
			fail_msg("record %zu, type %u: the states differ", i,
				a.records[i].p[0]);
	free(a.text.p);
	free(b.text.p);
}

/* One segment: all of its events, and the state after them. */
static void run_again(
	const struct text *t, const struct acd *acd, const struct acd_journal *j)
{
	struct acd_replay *r = malloc(sizeof *r);
	enum acd_replayed got;

	assert_non_null(r);
	assert_int_equal(acd_replay_init(r, t->p, t->n), ACD_REPLAY_SAME);
	assert_string_equal(r->queues[2], "Secret");
	assert_string_equal(r->skills[1], "fr");
	while ((got = acd_replay_next(r)) == ACD_REPLAY_SAME)
		;
	if (got == ACD_REPLAY_DIFFERS)
		told(r);
	assert_int_equal(got, ACD_REPLAY_ENDED);
	assert_int_equal(r->n_events, j->n_events);
	compare_states(acd, j, &r->acd);
	acd_replay_close(r);
	free(r);
}

/* Segments of random length begin anywhere; each is run again alone. */
static void test_run(void **state)
{
	struct text t = text_new();
	uint64_t n_segments = 0, n_offers = 0;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		struct chance c = { .random = seed * 0x9E3779B97F4A7C15 };
		struct acd acd;
		struct acd_journal j;

		new_core(&acd);
		j = begin(&t, &acd, seed);
		for (int i = 0; i < STEPS; i++) {
			step(&acd, &c, &j);
			if (chance_below(&c, 60))
				continue;
			acd_journal_end(&j);
			run_again(&t, &acd, &j);
			j = begin(&t, &acd, ++n_segments << 32 | seed);
		}
		n_offers += acd.order;
		acd_close(&acd);
	}
	printf("# %llu segments\n", (unsigned long long)n_segments);
	assert_true(n_segments > 300 && n_offers > 1000);
	free(t.p);
}

/* --- what is torn, altered or foreign --- */

static enum acd_replayed run_bytes(const void *bytes, size_t n, uint64_t *n_events)
{
	struct acd_replay *r = malloc(sizeof *r);
	enum acd_replayed got;

	assert_non_null(r);
	got = acd_replay_init(r, bytes, n);
	if (got == ACD_REPLAY_SAME)
		while ((got = acd_replay_next(r)) == ACD_REPLAY_SAME)
			;
	*n_events = r->n_events;
	acd_replay_close(r);
	free(r);
	return got;
}

/* A short segment; at[i] is where event i + 1 begins, at[n] where the end record does. */
static void short_segment(struct text *t, size_t *at, size_t n)
{
	struct chance c = { .random = 99 };
	struct acd acd;
	struct acd_journal j;

	new_core(&acd);
	j = begin(t, &acd, 5);
	for (size_t i = 0; i < n; i++) {
		at[i] = t->n;
		step(&acd, &c, &j);
	}
	at[n] = t->n;
	acd_journal_end(&j);
	acd_close(&acd);
}

enum { SHORT = 25 };

static size_t events_before(const size_t *at, size_t byte)
{
	size_t n = 0;

	while (n < SHORT && at[n + 1] <= byte)
		n++;
	return n;
}

static void test_torn(void **state)
{
	struct text t = text_new();
	size_t at[SHORT + 1];
	uint64_t n_events;

	short_segment(&t, at, SHORT);
	for (size_t n = 0; n < t.n; n++) {
		uint8_t *cut = malloc(
			n + 1); /* of this size, so that a read past it is seen */
		enum acd_replayed got;

		assert_non_null(cut);
		memcpy(cut, t.p, n);
		got = run_bytes(cut, n, &n_events);
		assert_true(got == ACD_REPLAY_TORN || got == ACD_REPLAY_OPEN);
		assert_int_equal(n_events, events_before(at, n));
		free(cut);
	}
	assert_int_equal(run_bytes(t.p, t.n, &n_events), ACD_REPLAY_ENDED);
	assert_int_equal(n_events, SHORT);
	free(t.p);
}

/* The length is there and the bytes are not. */
static void test_blank_tail(void **state)
{
	struct text t = text_new();
	size_t at[SHORT + 1];
	uint64_t n_events;

	short_segment(&t, at, SHORT);
	for (size_t n = at[SHORT - 1]; n <= at[SHORT]; n++) {
		memset(t.p + n, 0, 4096);
		assert_int_equal(run_bytes(t.p, n + 4096, &n_events), ACD_REPLAY_TORN);
		assert_int_equal(n_events, events_before(at, n));
		short_segment(&t, at, SHORT);
	}
	free(t.p);
}

static void test_altered(void **state)
{
	struct text t = text_new();
	size_t at[SHORT + 1];
	uint64_t n_events;

	short_segment(&t, at, SHORT);
	for (size_t n = 0; n < t.n; n++)
		for (unsigned bit = 0; bit < 8; bit += 3) {
			enum acd_replayed got;

			t.p[n] ^= (uint8_t)(1u << bit);
			got = run_bytes(t.p, t.n, &n_events);
			if (got != ACD_REPLAY_ALTERED && got != ACD_REPLAY_TORN &&
				got != ACD_REPLAY_FOREIGN)
				fail_msg("byte %zu bit %u: %d", n, bit, (int)got);
			assert_int_equal(n_events, events_before(at, n));
			t.p[n] ^= (uint8_t)(1u << bit);
		}
	free(t.p);
}

/* Two events change places, one is left out: each record is whole, and the chain tells. */
static void test_chain(void **state)
{
	struct text t = text_new();
	size_t at[SHORT + 1];
	uint64_t n_events;

	short_segment(&t, at, SHORT);
	memmove(t.p + at[10], t.p + at[11], t.n - at[11]);
	assert_int_equal(
		run_bytes(t.p, t.n - (at[11] - at[10]), &n_events), ACD_REPLAY_ALTERED);
	assert_int_equal(n_events, 10);
	free(t.p);
}

/* Its checks hold, so it is told by what it says. */
static void test_differs(void **state)
{
	struct text t = text_new();
	struct acd acd;
	struct acd_journal j;
	struct acd_event ev = { .type = ACD_EV_AGENT_ENTER, .at_ms = 5, .agent = 9 };
	struct acd_actions acts;
	uint64_t n_events;

	new_core(&acd);
	j = begin(&t, &acd, 5);
	acd_step(&acd, &ev, &acts);
	acts.a[0].why = ACD_WHY_PAUSED;
	acd_journal_event(&j, &ev, &acts);
	assert_int_equal(run_bytes(t.p, t.n, &n_events), ACD_REPLAY_DIFFERS);
	j = begin(&t, &acd, 5);
	ev = (struct acd_event){ .type = ACD_EVENTS, .at_ms = 6 };
	acd_journal_event(&j, &ev, &acts);
	assert_int_equal(run_bytes(t.p, t.n, &n_events), ACD_REPLAY_NONSENSE);
	acd_close(&acd);
	free(t.p);
}

/* Nobody can be told from the bytes: no id of an agent or a call is in them, and another key makes others. */
static bool has_id(const struct text *t, uint64_t id)
{
	uint8_t be[8], le[8];

	be64_put(be, id);
	memcpy(le, &id, 8);
	return memmem(t->p, t->n, be, 8) || memmem(t->p, t->n, le, 8);
}

static void test_pseudonyms(void **state)
{
	struct text t = text_new();
	struct chance c = { .random = 3, .ids = 0x0123456789abc000 };
	struct acd acd;
	struct acd_journal j;
	struct hash64_key other = { 1, 2 };

	new_core(&acd);
	j = begin(&t, &acd, 5);
	for (int i = 0; i < 2000; i++)
		step(&acd, &c, &j);
	acd_journal_end(&j);
	for (uint64_t id = c.ids; id < c.ids + 200; id++)
		assert_false(has_id(&t, id));
	assert_true(has_id(&t, fields_alias(&j.key, c.ids + 101)));
	assert_int_not_equal(
		fields_alias(&j.key, c.ids + 101), fields_alias(&other, c.ids + 101));
	assert_int_equal(fields_alias(&other, 0), 0);
	j = begin(&t, &acd, 6); /* nor are they in a snapshot */
	for (uint64_t id = c.ids; id < c.ids + 200; id++)
		assert_false(has_id(&t, id));
	acd_close(&acd);
	free(t.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_blank_tail),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_pseudonyms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
