/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story -- see story.h: an input is done, and what followed is compared. */
#include "story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "story_inputs.h"

uint64_t story_number(const char *text)
{
	return strtoull(text, NULL, 10);
}

/* --- several at once --- */

static void input(struct house *h, const char *text);

/* "$1" and "$2" stand for the words of the input. */
static void each(struct house *h, const struct story_args *a, const char *const *steps)
{
	for (; *steps; steps++) {
		char text[HOUSE_LINE_MAX] = "";
		size_t n = 0;

		for (const char *c = *steps; *c; c++) {
			const char one[2] = { *c, '\0' };
			const char *piece = *c == '$' ? a->v[*++c - '1'] : one;

			assert_int_equal(text_copy(text + n, sizeof text - n, piece), 0);
			n += strlen(piece);
		}
		input(h, text);
	}
}

/* The agent comes to work: desk, line, shift, ready. */
static void comes(struct house *h, const struct story_args *a)
{
	static const char *const steps[] = { "open $1", "say $1 hello", "say $1 line",
		"made $1", "UP $1", NULL };
	static const char *const work[] = { "say $1 start", "say $1 ready", NULL };

	each(h, a, steps);
	if (house_agent(a->v[0]) == 1)
		app_page_message(h->app, house_conn(a->v[0]),
			&(struct desk_msg){ .type = DESK_DECLARE });
	each(h, a, work);
}

/* A SIP caller that speaks. */
static void call(struct house *h, const struct story_args *a)
{
	static const char *const steps[] = { "invite $1 $2", "made c$1", "ack $1",
		"UP c$1", NULL };

	each(h, a, steps);
}

/* A caller's page, as far as the queue. */
static void web_call(struct house *h, const struct story_args *a)
{
	static const char *const steps[] = { "open $1", "say $1 hello", "say $1 call",
		"made $1", "UP $1", NULL };

	each(h, a, steps);
}

static const struct story_input several[] = {
	{ "call", call, true },
	{ "web-call", web_call, false },
	{ "comes", comes, false },
	{ 0 },
};

static void input(struct house *h, const char *text)
{
	struct story_args a = { .v = { "", "", "", "", "", "", "" } };
	static const struct story_input *const tables[] = { story_sip, story_relay,
		story_page, story_centre, several };
	char *rest, *word;

	assert_int_equal(text_copy(a.text, sizeof a.text, text), 0);
	word = strtok_r(a.text, " ", &rest);
	for (size_t i = 0; i < STORY_ARGS_MAX; i++) {
		const char *arg = strtok_r(NULL, " ", &rest);

		if (!arg)
			break;
		a.v[i] = arg;
	}
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct story_input *in = tables[i]; in->word; in++)
			if (strcmp(in->word, word) == 0) {
				(void)text_format(h->subject, sizeof h->subject, "%s%s",
					in->is_dialog ? "c" : "", a.v[0]);
				in->do_it(h, &a);
				return;
			}
	fail_msg("there is no input \"%s\"", word);
}

/* --- comparing --- */

static bool matches(const char *expected, const char *line)
{
	size_t n = strlen(expected);

	if (n > 0 && expected[n - 1] == '*')
		return strncmp(expected, line, n - 1) == 0;
	return strcmp(expected, line) == 0;
}

static void complain(const struct story *s, const struct house *h, size_t at_input,
	const char *what, const char *expected)
{
	print_error(
		"\"%s\", after \"%s\" the centre did:\n", s->what, s->lines[at_input]);
	for (size_t i = 0; i < h->n_lines; i++)
		print_error("    %s\n", h->lines[i]);
	fail_msg("%s: %s%s", s->what, what, expected);
}

/* Compares what followed one input; returns the index of the next. */
static size_t compare(const struct story *s, const struct house *h, size_t at_input)
{
	size_t i = at_input + 1, at = 0;
	bool may_skip = false;

	for (; s->lines[i] && s->lines[i][0] != '>'; i++) {
		const char *want = s->lines[i];

		if (strcmp(want, "...") == 0) {
			may_skip = true;
			continue;
		}
		if (want[0] == '!') {
			for (size_t k = 0; k < h->n_lines; k++)
				if (strstr(h->lines[k], want + 2))
					complain(s, h, at_input,
						"this must not be: ", want + 2);
			may_skip = true;
			continue;
		}
		while (may_skip && at < h->n_lines && !matches(want, h->lines[at]))
			at++;
		if (at == h->n_lines || !matches(want, h->lines[at]))
			complain(s, h, at_input, "this was expected: ", want);
		at++;
		may_skip = false;
	}
	if (!may_skip && at < h->n_lines)
		complain(s, h, at_input, "nobody expected: ", h->lines[at]);
	return i;
}

void story_play(const struct story *s)
{
	static struct house h; /* too large for the stack; one at a time */
	const char *broken;

	house_open(&h, s->relays ? s->relays : 1);
	for (size_t i = 0; s->lines[i];) {
		h.n_lines = 0;
		input(&h, s->lines[i] + 2);
		i = compare(s, &h, i);
		broken = h.app ? acd_check(app_acd(h.app)) : NULL;
		if (broken)
			complain(s, &h, 0, "a promise of the core is broken: ", broken);
	}
	house_close(&h);
}
