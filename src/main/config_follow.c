/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_follow -- a configuration that takes the place of a running one: what the house goes by at once is the new
 * file's, what needs another process stays as it runs, and queues, menus and skills have the numbers that calls and
 * agents know them by.  Part of config.
 *
 * A queue is the same by title and number: under another number callers find another queue, also in the records.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/config_follow.h"
#include "main/config_inner.h"

/* From the numbers of the new file to those that count. */
struct follow {
	const struct config *running;
	struct config_report *report;
	uint32_t queues[ACD_QUEUES_MAX];
	uint8_t menus[APP_MENUS_MAX];
	unsigned skills[ACD_SKILLS_MAX];
	size_t n_queues, n_menus;
	unsigned n_skills;
	bool is_bad;
};

static void too_many(struct follow *f, const char *what, unsigned max)
{
	char text[CONFIG_COMPLAINT_MAX];

	(void)text_format(text, sizeof text,
		"more than %u %s, with those that were there since the start; restart "
		"the centre (heimamt serve --upgrade).",
		max, what);
	config_report_add(f->report, 0, false, text);
	f->is_bad = true;
}

static bool is_same_queue(const struct config_queue *a, const struct config_queue *b)
{
	return strcmp(a->title, b->title) == 0 &&
		strcmp(a->app.number, b->app.number) == 0;
}

static void map_queues(struct follow *f, const struct config *fresh)
{
	const struct config *old = f->running;

	f->n_queues = old->n_queues;
	for (size_t i = 0; i < fresh->n_queues; i++) {
		uint32_t k = 0;

		while (k < old->n_queues &&
			!is_same_queue(&old->queues[k], &fresh->queues[i]))
			k++;
		if (k == old->n_queues)
			k = (uint32_t)f->n_queues++;
		f->queues[i] = k;
	}
	if (f->n_queues > ACD_QUEUES_MAX)
		too_many(f, "queues", ACD_QUEUES_MAX);
}

static void map_menus(struct follow *f, const struct config *fresh)
{
	const struct config *old = f->running;

	f->n_menus = old->n_menus;
	for (size_t i = 0; i < fresh->n_menus; i++) {
		size_t k = 0;

		while (k < old->n_menus &&
			strcmp(old->menus[k].app.title, fresh->menus[i].app.title) != 0)
			k++;
		if (k == old->n_menus)
			k = f->n_menus++;
		f->menus[i] = (uint8_t)k;
	}
	if (f->n_menus > APP_MENUS_MAX)
		too_many(f, "menus", APP_MENUS_MAX);
}

static void map_skills(struct follow *f, const struct config *fresh)
{
	const struct config *old = f->running;

	f->n_skills = old->n_skills;
	for (unsigned i = 0; i < fresh->n_skills; i++) {
		unsigned k = 0;

		while (k < old->n_skills && strcmp(old->skills[k], fresh->skills[i]) != 0)
			k++;
		if (k == old->n_skills)
			k = f->n_skills++;
		f->skills[i] = k;
	}
	if (f->n_skills > ACD_SKILLS_MAX)
		too_many(f, "different skills", ACD_SKILLS_MAX);
}

static void move_skills(const struct follow *f, unsigned n, struct acd_skills *skills)
{
	struct acd_skills out = { { 0 } };

	for (unsigned i = 0; i < n; i++)
		if (acd_skills_level(skills, i))
			acd_skills_set(&out, f->skills[i], acd_skills_level(skills, i));
	*skills = out;
}

static void move_rules(
	const struct follow *f, const struct config *fresh, struct acd_queue_config *acd)
{
	move_skills(f, fresh->n_skills, &acd->skills);
	for (unsigned i = 0; i < acd->n_relax; i++)
		move_skills(f, fresh->n_skills, &acd->relax[i].skills);
	for (unsigned i = 0; i < acd->n_diversions; i++)
		if (acd->diversions[i].to == ACD_DIVERT_QUEUE)
			acd->diversions[i].target = f->queues[acd->diversions[i].target];
}

/* Those that are not in the file stay, gone; a sensitivity is what who waits was cleared by. */
static int place_queues(const struct follow *f, struct config *fresh)
{
	const size_t size = sizeof fresh->queues;
	struct config_queue *queues = malloc(size);

	if (!queues)
		return ENOMEM;
	memcpy(queues, f->running->queues, size);
	for (size_t k = 0; k < f->running->n_queues; k++)
		queues[k].app.is_gone = true;
	for (size_t i = 0; i < fresh->n_queues; i++) {
		struct config_queue *q = &queues[f->queues[i]];
		const uint8_t sensitivity = q->app.acd.sensitivity;

		*q = fresh->queues[i];
		move_rules(f, fresh, &q->app.acd);
		if (f->queues[i] < f->running->n_queues)
			q->app.acd.sensitivity = sensitivity;
	}
	memcpy(fresh->queues, queues, size);
	fresh->n_queues = f->n_queues;
	free(queues);
	return 0;
}

static void place_menus(const struct follow *f, struct config *fresh)
{
	struct config_menu menus[APP_MENUS_MAX];

	memcpy(menus, f->running->menus, sizeof menus);
	for (size_t k = 0; k < f->running->n_menus; k++)
		*menus[k].app.number = '\0'; /* nobody can dial it */
	for (size_t i = 0; i < fresh->n_menus; i++) {
		struct config_menu *m = &menus[f->menus[i]];

		*m = fresh->menus[i];
		m->app.menu.queue = f->queues[m->app.menu.queue];
		for (unsigned k = 0; k < m->app.menu.n_keys; k++)
			m->app.menu.keys[k].queue = f->queues[m->app.menu.keys[k].queue];
	}
	memcpy(fresh->menus, menus, sizeof menus);
	fresh->n_menus = f->n_menus;
}

static void place_caller_page(const struct follow *f, struct config *fresh)
{
	struct app_caller_config *a = &fresh->caller;

	if (!fresh->caller_page) { /* which stays until a restart, if it is there */
		fresh->caller = f->running->caller;
		fresh->caller_page_queue = f->running->caller_page_queue;
		return;
	}
	for (size_t i = 0; i < a->n_languages; i++)
		a->by_language[i].queue = f->queues[a->by_language[i].queue];
	fresh->caller_page_queue = f->queues[fresh->caller_page_queue];
	if (a->menu)
		a->menu = (uint8_t)(f->menus[a->menu - 1] + 1);
}

static void place_agents(const struct follow *f, struct config *fresh)
{
	for (size_t i = 0; i < fresh->n_agents; i++) {
		struct config_agent *ag = &fresh->agents[i];
		struct acd_queues queues = { { 0 } };

		for (uint32_t q = 0; q < fresh->n_queues; q++)
			if (acd_queues_have(&ag->queues, q))
				acd_queues_add(&queues, f->queues[q]);
		ag->queues = queues;
		move_skills(f, fresh->n_skills, &ag->skills);
	}
}

static void place_skills(const struct follow *f, struct config *fresh)
{
	char skills[ACD_SKILLS_MAX][CONFIG_SKILL_MAX];

	memcpy(skills, f->running->skills, sizeof skills);
	for (unsigned i = 0; i < fresh->n_skills; i++)
		memcpy(skills[f->skills[i]], fresh->skills[i], sizeof skills[0]);
	memcpy(fresh->skills, skills, sizeof skills);
	fresh->n_skills = f->n_skills;
}

#define KEEP(field) memcpy(&fresh->field, &running->field, sizeof fresh->field)

/* What another process is needed for: config_changes() tells which options those are. */
static void keep_running(struct config *fresh, const struct config *running)
{
	free(fresh->week_places);
	KEEP(node), KEEP(timezone);
	KEEP(web_addr), KEEP(web_port), KEEP(certificate), KEEP(key), KEEP(names);
	KEEP(n_names), KEEP(proxies), KEEP(n_proxies), KEEP(connections_here);
	KEEP(reads_forwarded), KEEP(redirect_port), KEEP(acme_folder);
	KEEP(caller_page), KEEP(caller_token), KEEP(caller_frames);
	KEEP(metrics_addr), KEEP(metrics_port);
	KEEP(sip_public), KEEP(relay_public);
	KEEP(sip_addr), KEEP(sip_port), KEEP(peers), KEEP(n_peers), KEEP(srtp);
	KEEP(outbound_srtp), KEEP(sip_user), KEEP(sip_password), KEEP(outbound_host);
	KEEP(outbound_name), KEEP(outbound_port), KEEP(caller_id), KEEP(outbound_user);
	KEEP(outbound_password), KEEP(trunks), KEEP(n_trunks), KEEP(sip_tcp);
	KEEP(sip_tls_clients), KEEP(sip_tls_port), KEEP(sip_certificate), KEEP(sip_key);
	KEEP(sip_authorities), KEEP(name_server), KEEP(sip_session_s);
	KEEP(relay_addr), KEEP(n_relays), KEEP(relay_port), KEEP(relay_tcp),
		KEEP(relay_tcp_port), KEEP(rtp_low), KEEP(rtp_high);
	KEEP(relay_sandbox), KEEP(clips), KEEP(desk), KEEP(agreement), KEEP(ledger);
	KEEP(week), KEEP(week_places), KEEP(has_sign_on), KEEP(sign_on);
	KEEP(countries);
}

int config_follow(
	struct config *fresh, const struct config *running, struct config_report *report)
{
	struct follow f = { .running = running, .report = report };
	int err;

	map_queues(&f, fresh);
	map_menus(&f, fresh);
	map_skills(&f, fresh);
	if (fresh->calls_back && !config_calls_out(running)) {
		config_report_add(report, 0, false,
			"callbacks need a carrier, and that it is there counts after a "
			"restart only (heimamt serve --upgrade).");
		f.is_bad = true;
	}
	if (f.is_bad)
		return EINVAL;
	place_agents(&f, fresh); /* as long as the queues are counted as in the file */
	place_menus(&f, fresh);
	place_caller_page(&f, fresh);
	err = place_queues(&f, fresh);
	if (err)
		return err;
	place_skills(&f, fresh);
	keep_running(fresh, running);
	return 0;
}
