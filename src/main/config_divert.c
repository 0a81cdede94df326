/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_divert -- rules that send callers elsewhere, and announcements; see config.h. */
#include "main/config_inner.h"

#include <string.h>

#include "base/text.h"

/* Below it nothing but announcements would be heard: one takes five seconds. */
#define ANNOUNCE_LEAST_S 10

/* One rule, and where it stands. */
struct rule {
	struct config_reader *r;
	cfg_t *queue, *sec;
	unsigned number; /* from 1 */
	struct acd_diversion *out;
};

static const char *const whens[] = {
	[ACD_IF_CLOSED] = "closed",
	[ACD_IF_LENGTH] = "waiting",
	[ACD_IF_WAIT] = "expected-wait",
	[ACD_IF_NOBODY] = "nobody",
};

static const char *const tos[] = {
	[ACD_DIVERT_QUEUE] = "queue",
	[ACD_DIVERT_MESSAGE] = "message",
	[ACD_DIVERT_CALLBACK] = "callback",
};

/* "queue "a": divert 2: limit must be ..." */
static void complain(const struct rule *ru, const char *option, const char *want)
{
	char text[64];

	(void)text_format(text, sizeof text, "divert %u: %s", ru->number, option);
	config_complain(ru->r, ru->queue, text, want);
}

static long number(const struct rule *ru, const char *option, long low, long high)
{
	long v = cfg_getint(ru->sec, option);
	char want[64];

	if (v >= low && v <= high)
		return v;
	(void)text_format(want, sizeof want, "a number from %ld to %ld", low, high);
	complain(ru, option, want);
	return low;
}

/* False: none of these words. */
static bool word(const struct rule *ru, const char *option, const char *const *words,
	unsigned n, unsigned *out)
{
	const char *text = cfg_getstr(ru->sec, option);

	for (*out = 0; *out < n; ++*out)
		if (strcmp(text, words[*out]) == 0)
			return true;
	return false;
}

static void not_here(const struct rule *ru, const char *option, const char *needs)
{
	char want[64];

	(void)text_format(want, sizeof want, "left away but with %s", needs);
	complain(ru, option, want);
}

static void read_when(const struct rule *ru)
{
	unsigned when;

	if (!word(ru, "when", whens, sizeof whens / sizeof *whens, &when)) {
		complain(ru, "when", "closed, nobody, waiting or expected-wait");
		return;
	}
	ru->out->when = (enum acd_diverts_if)when;
	ru->out->after_ms = number(ru, "after", 0, 86400) * 1000;
	if (when == ACD_IF_LENGTH)
		ru->out->limit = number(ru, "limit", 0, APP_CALLS_MAX);
	else if (when == ACD_IF_WAIT)
		ru->out->limit = number(ru, "limit", 1, 86400) * 1000;
	else if (cfg_getint(ru->sec, "limit") != -1)
		not_here(ru, "limit", "when = waiting or expected-wait");
	if ((when == ACD_IF_CLOSED || when == ACD_IF_NOBODY) && ru->out->after_ms)
		not_here(ru, "after", "when = waiting or expected-wait");
}

static void read_target(const struct rule *ru, const struct config *c, uint32_t own)
{
	const char *title = cfg_getstr(ru->sec, "queue");

	if (ru->out->to != ACD_DIVERT_QUEUE) {
		if (*title)
			not_here(ru, "queue", "to = queue");
		return;
	}
	if (config_find_queue(c, title, &ru->out->target) || ru->out->target == own)
		complain(ru, "queue", "another queue of this file");
}

/* Its number as a message is its place among the rules. */
static void read_clip(const struct rule *ru, struct config_queue *q)
{
	uint32_t i = ru->number - 1;
	const char *clip = cfg_getstr(ru->sec, "clip");

	if (ru->out->to != ACD_DIVERT_MESSAGE) {
		if (*clip)
			not_here(ru, "clip", "to = message");
		return;
	}
	ru->out->target = i;
	if (!*clip)
		clip = q->farewell;
	if (!*clip || !text_is_clean_utf8(clip) ||
		text_copy(q->messages[i], sizeof q->messages[i], clip))
		complain(ru, "clip",
			"a text of at most 63 bytes, where the queue has no farewell");
}

static void read_rule(const struct rule *ru, const struct config *c, uint32_t own,
	struct config_queue *q)
{
	unsigned to;

	read_when(ru);
	if (!word(ru, "to", tos, sizeof tos / sizeof *tos, &to)) {
		complain(ru, "to", "queue, message or callback");
		return;
	}
	ru->out->to = (enum acd_divert)to;
	read_target(ru, c, own);
	read_clip(ru, q);
}

void config_read_diversions(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	for (uint32_t i = 0; i < c->n_queues; i++) {
		struct config_queue *q = &c->queues[i];
		cfg_t *sec = cfg_getnsec(cfg, "queue", i);
		unsigned n = cfg_size(sec, "divert");

		if (n > ACD_DIVERSIONS_MAX) {
			config_complain(r, sec, "divert", "there at most 4 times");
			continue;
		}
		for (unsigned k = 0; k < n; k++) {
			const struct rule ru = { r, sec, cfg_getnsec(sec, "divert", k),
				k + 1, &q->app.acd.diversions[k] };

			read_rule(&ru, c, i, q);
		}
		q->app.acd.n_diversions = (uint8_t)n;
	}
}

void config_read_announce(struct config_reader *r, cfg_t *sec, struct app_queue_config *q)
{
	long s = cfg_getint(sec, "announce");

	if (s != 0 && (s < ANNOUNCE_LEAST_S || s > 3600))
		config_complain(
			r, sec, "announce", "0 for never, or a number from 10 to 3600");
	else
		q->announce_ms = s * 1000;
}
