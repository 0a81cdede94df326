/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_hours -- opening hours, closed days and the time zone in which they are meant; see config.h. */
#include "main/config_inner.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define A_SPAN "hours such as \"Mo-Fr 08:00-18:00\" or \"22:00-06:00\""
#define A_DAY  "days such as \"2026-12-25\", or \"08-01\" for each year"

/* How many there are; 0 and a complaint when it is more than max. */
static unsigned entries(
	struct config_reader *r, cfg_t *sec, const char *option, unsigned max)
{
	unsigned n = cfg_size(sec, option);
	char want[64];

	if (n <= max)
		return n;
	(void)text_format(want, sizeof want, "a list of at most %u entries", max);
	config_complain(r, sec, option, want);
	return 0;
}

static void refuse(struct config_reader *r, cfg_t *sec, const char *option,
	const char *mend, const char *text)
{
	char want[128];

	/* what stands there may be anything, and goes to a terminal */
	(void)text_format(want, sizeof want, "%s, not \"%.32s\"", mend,
		text_is_clean_utf8(text) ? text : "?");
	config_complain(r, sec, option, want);
}

void config_read_hours(struct config_reader *r, cfg_t *sec, struct hours *out)
{
	unsigned n_open = entries(r, sec, "open", HOURS_SPANS_MAX);
	unsigned n_closed = entries(r, sec, "closed-days", HOURS_CLOSED_MAX);

	for (unsigned i = 0; i < n_open; i++) {
		const char *text = cfg_getnstr(sec, "open", i);

		if (hours_parse_span(&out->spans[out->n_spans], text))
			refuse(r, sec, "open", A_SPAN, text);
		else
			out->n_spans++;
	}
	for (unsigned i = 0; i < n_closed; i++) {
		const char *text = cfg_getnstr(sec, "closed-days", i);

		if (hours_parse_date(&out->closed[out->n_closed], text))
			refuse(r, sec, "closed-days", A_DAY, text);
		else
			out->n_closed++;
	}
}

/* A name that cannot lead out of the folder, and that is there. */
static bool is_zone(const char *name)
{
	char path[CONFIG_TEXT_MAX + sizeof CONFIG_ZONES];

	if (name[0] == '/' || strstr(name, "..") ||
		name[strspn(name,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789/_+-")])
		return false;
	return text_format(path, sizeof path, "%s/%s", CONFIG_ZONES, name) == 0 &&
		access(path, R_OK) == 0;
}

void config_read_timezone(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	config_string(r, cfg, "timezone", false, c->timezone, sizeof c->timezone);
	if (*c->timezone && !is_zone(c->timezone))
		config_complain(r, cfg, "timezone",
			"one that is in " CONFIG_ZONES ", such as Europe/Zurich");
}
