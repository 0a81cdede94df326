/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_hours -- opening hours, closed days and the time zone in which they are meant; see config.h. */
#include "main/config_inner.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "core/holidays/holidays.h"

#define A_SPAN "hours such as \"Mo-Fr 08:00-18:00\" or \"22:00-06:00\""
#define A_DAY  "days such as \"2026-12-25\", or \"08-01\" for each year"
#define A_SPECIAL                                                                        \
	"days with their hours such as \"2026-12-24 08:00-12:00\", or \"12-31 closed\" " \
	"for each year"

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

static void read_days(struct config_reader *r, cfg_t *sec, const char *option,
	struct hours_date out[HOURS_CLOSED_MAX], size_t *n_out)
{
	unsigned n = entries(r, sec, option, HOURS_CLOSED_MAX);

	for (unsigned i = 0; i < n; i++) {
		const char *text = cfg_getnstr(sec, option, i);

		if (hours_parse_date(&out[*n_out], text))
			refuse(r, sec, option, A_DAY, text);
		else
			++*n_out;
	}
}

static void read_special(struct config_reader *r, cfg_t *sec, struct hours *out)
{
	unsigned n = entries(r, sec, "special-days", HOURS_SPECIAL_MAX);

	for (unsigned i = 0; i < n; i++) {
		const char *text = cfg_getnstr(sec, "special-days", i);

		if (hours_parse_special(&out->special[out->n_special], text))
			refuse(r, sec, "special-days", A_SPECIAL, text);
		else
			out->n_special++;
	}
}

static void read_holidays(struct config_reader *r, cfg_t *sec, struct hours *out)
{
	const char *canton = cfg_getstr(sec, "holidays");

	out->canton = (uint8_t)holidays_canton(canton);
	if (*canton && !out->canton)
		refuse(r, sec, "holidays", "a canton's code such as \"BE\", or empty",
			canton);
	read_days(r, sec, "holidays-open", out->open, &out->n_open);
	for (size_t i = 0; out->canton && i < out->n_open; i++)
		if (out->open[i].year &&
			holidays_at(out->canton, out->open[i]) == HOLIDAY_NONE)
			config_complain(r, sec, "holidays-open",
				"a list of days that are holidays of that canton; "
				"heimamt "
				"hours lists them");
	if (out->n_open && !out->canton)
		config_complain(
			r, sec, "holidays-open", "left away where there are no holidays");
}

void config_read_hours(struct config_reader *r, cfg_t *sec, struct hours *out)
{
	unsigned n_open = entries(r, sec, "open", HOURS_SPANS_MAX);

	for (unsigned i = 0; i < n_open; i++) {
		const char *text = cfg_getnstr(sec, "open", i);

		if (hours_parse_span(&out->spans[out->n_spans], text))
			refuse(r, sec, "open", A_SPAN, text);
		else
			out->n_spans++;
	}
	read_days(r, sec, "closed-days", out->closed, &out->n_closed);
	read_special(r, sec, out);
	read_holidays(r, sec, out);
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
