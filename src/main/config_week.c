/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_week -- the house's rules of home days: seats, team days, working time; see config.h. */
#include "main/config_inner.h"

#include <stdlib.h>

#include "base/text.h"
#include "core/home/shift.h"

#define HOUR_MIN 60
#define REACH    (14 * HOUR_MIN) /* ArG Art. 10(3) */
#define A_DAY    "a day such as \"We\", or empty"

static cfg_opt_t site_opts[] = {
	CFG_INT("seats", 0, CFGF_NONE),
	CFG_STR_LIST("agents", (char *)"{}", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t team_opts[] = {
	CFG_STR("day", "", CFGF_NONE),
	CFG_END(),
};

cfg_opt_t config_week_opts[] = {
	CFG_INT("home-days", 2, CFGF_NONE),
	CFG_INT("seats", 0, CFGF_NONE),
	CFG_STR("team-day", "", CFGF_NONE),
	CFG_INT("rest-hours", 11, CFGF_NONE), /* ArG Art. 15a */
	CFG_INT("week-hours", 45, CFGF_NONE), /* ArG Art. 9 */
	CFG_BOOL("house-sum", cfg_false, CFGF_NONE), /* N7: off until it is approved */
	CFG_SEC("site", site_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("team", team_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};

/* Bits of the week; opening hours are read by the same words. */
static uint8_t read_day(struct config_reader *r, cfg_t *sec, const char *option)
{
	const char *text = cfg_getstr(sec, option);
	struct hours_span span = { .days = 0 };
	char whole[64];

	if (*text &&
		(text_format(whole, sizeof whole, "%s 00:00-24:00", text) ||
			hours_parse_span(&span, whole)))
		config_complain(r, sec, option, A_DAY);
	return span.days;
}

static uint16_t read_seats(struct config_reader *r, cfg_t *sec)
{
	return (uint16_t)config_number(r, sec, "seats", 0, CONFIG_AGENTS_MAX);
}

/* Who belongs there; people may be in the records alone, so a login is only looked at as such. */
static void read_place(struct config_reader *r, cfg_t *sec, const char *login,
	struct config *c, uint8_t site)
{
	static const char want[] = "a list of logins of at most 63 letters";
	size_t n = c->week.n_places;
	struct app_week_place *more = reallocarray(
		c->week_places, n + 1, sizeof *c->week_places);

	if (!more) {
		config_complain(r, sec, "agents", want);
		return;
	}
	c->week_places = more;
	c->week.places = more;
	if (!*login || text_copy(more[n].login, sizeof more[n].login, login)) {
		config_complain(r, sec, "agents", want);
		return;
	}
	more[n].site = site;
	c->week.n_places++;
}

static void read_site(struct config_reader *r, cfg_t *sec, struct config *c, uint8_t site)
{
	if (text_copy(c->week.sites[site], sizeof c->week.sites[site], cfg_title(sec)))
		config_complain(r, sec, "the title", "a text of at most 63 bytes");
	c->week.rules.seats[site] = read_seats(r, sec);
	for (unsigned i = 0; i < cfg_size(sec, "agents"); i++)
		read_place(r, sec, cfg_getnstr(sec, "agents", i), c, site);
}

static void read_sites(struct config_reader *r, cfg_t *week, struct config *c)
{
	unsigned n = cfg_size(week, "site");

	if (n >= WEEK_SITES_MAX)
		config_complain(r, week, "site", "there at most 15 times");
	for (unsigned i = 0; i < n && i + 1 < WEEK_SITES_MAX; i++)
		read_site(r, cfg_getnsec(week, "site", i), c, (uint8_t)(i + 1));
}

static void read_teams(struct config_reader *r, cfg_t *week, struct config *c)
{
	for (unsigned i = 0; i < cfg_size(week, "team"); i++) {
		cfg_t *sec = cfg_getnsec(week, "team", i);
		uint32_t queue;

		if (config_find_queue(c, cfg_title(sec), &queue))
			config_complain(r, sec, "the title", "a queue of this file");
		else
			c->week.queue_team_days[queue] = read_day(r, sec, "day");
	}
}

void config_read_week(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	cfg_t *week = cfg_getsec(cfg, "home-days");

	c->week.rules = (struct week_rules){
		.home_days = (uint8_t)config_number(r, week, "home-days", 0, WEEK_DAYS),
		.seats = { read_seats(r, week) },
		.rest_min = (uint16_t)(config_number(r, week, "rest-hours", 0, 24) *
			HOUR_MIN),
		.week_min = (uint16_t)(config_number(r, week, "week-hours", 0, 168) *
			HOUR_MIN),
		.reach_min = REACH,
	};
	c->week.team_days = read_day(r, week, "team-day");
	c->week.house_sum = cfg_getbool(week, "house-sum");
	read_sites(r, week, c);
	read_teams(r, week, c);
}
