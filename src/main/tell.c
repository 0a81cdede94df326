/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tell -- what serve says on standard output when the house is open: for people, or as one line of JSON.
 *
 * Secrets: a login link is printed where somebody asked for it or looks at a terminal, for a journal keeps
 * what it gets; a password only when --lan made it.  A configured one is known to whoever configured it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"

#define LINK_MAX (CONFIG_BASE_MAX + 96) /* base, "/login/" and a token of 64 */

static int new_link(struct centre *c, size_t agent, const char *base, char link[LINK_MAX])
{
	char token[65];
	int err = options_new_link(c->store, c->config.agents[agent].store.id, token);

	return err ? err : text_format(link, LINK_MAX, "%s/login/%s", base, token);
}

static void tell_desks(struct centre *c, const char *base)
{
	char link[LINK_MAX];

	for (size_t i = 0; i < c->config.n_agents; i++) {
		const struct store_agent *ag = &c->config.agents[i].store;

		if (new_link(c, i, base, link))
			continue;
		printf("  Desk of %s (%s)\n      %s\n", ag->name,
			ag->workplace == STORE_HOME ? "home" : "office", link);
	}
}

static void tell_telephone(const struct centre *c)
{
	const struct config *cfg = &c->config;
	const bool is_v6 = config_is_v6(cfg->sip_addr);

	printf("  Telephone (SIP over UDP, G.711 A-law)\n");
	for (size_t i = 0; i < cfg->n_queues; i++)
		printf("      sip:%s@%s%s%s:%u   %s\n", cfg->queues[i].app.number,
			is_v6 ? "[" : "", cfg->sip_addr, is_v6 ? "]" : "",
			trunk_port(c->trunk), cfg->queues[i].app.name);
	if (c->options.lan)
		printf("      user %s, password %s\n", cfg->sip_user, cfg->sip_password);
	else if (*cfg->sip_user)
		printf("      user %s, password as configured\n", cfg->sip_user);
}

static void tell_people(struct centre *c, const char *base)
{
	bool is_linked = c->options.links || isatty(STDOUT_FILENO);

	printf("\nHeimamt is open.\n\n");
	if (is_linked)
		tell_desks(c, base);
	else
		printf("  Desks\n      %s/desk/\n", base);
	if (c->config.caller_page)
		printf("  Caller page\n      %s/caller/\n", base);
	tell_telephone(c);
	printf("\n%s heimamt link LOGIN --config %s --state %s\nCtrl-C ends "
	       "everything.\n\n",
		is_linked ? "Each login link works once; another one:"
			  : "A login link, which works once:",
		c->options.config, c->options.state);
}

static json_t *links(struct centre *c, const char *base)
{
	json_t *all = json_object();
	char link[LINK_MAX];

	for (size_t i = 0; i < c->config.n_agents; i++)
		if (new_link(c, i, base, link) == 0)
			(void)json_object_set_new(
				all, c->config.agents[i].store.login, json_string(link));
	return all;
}

static void tell_machines(struct centre *c, const char *base)
{
	const struct config *cfg = &c->config;
	json_t *told = json_pack("{s:s, s:i, s:s, s:i, s:o}", "base", base, "web_port",
		(int)web_port(c->web), "sip_address", cfg->sip_addr, "sip_port",
		(int)trunk_port(c->trunk), "links", links(c, base));
	char *line = NULL;
	int err = told ? 0 : ENOMEM;

	if (!err && c->probe)
		err = json_object_set_new(
			told, "metrics_port", json_integer(probe_port(c->probe)));

	if (!err && c->options.lan)
		err = json_object_set_new(told, "sip_credential",
			json_pack("{s:s, s:s}", "user", cfg->sip_user, "password",
				cfg->sip_password));
	if (!err)
		line = json_dumps(told, JSON_COMPACT);
	if (line)
		puts(line);
	else
		log_error("the addresses could not be written as JSON");
	free(line);
	json_decref(told);
}

void centre_tell(struct centre *c)
{
	char base[CONFIG_BASE_MAX];

	if (c->is_told || !c->is_open || !relays_are_up(c))
		return;
	c->is_told = true;
	(void)config_base(&c->config, web_port(c->web), base, sizeof base);
	if (c->options.json)
		tell_machines(c, base);
	else
		tell_people(c, base);
	fflush(stdout);
}
