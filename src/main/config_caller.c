/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_caller -- the caller page: where it leads, and who may call from it; see config.h. */
#include "main/config_inner.h"

#include <string.h>

#include "base/text.h"

static const char *const languages[] = { "de", "fr", "it", "en" }; /* of the page */

static bool is_language(const char *s)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strcmp(languages[i], s) == 0)
			return true;
	return false;
}

static bool is_taken(const struct app_caller_config *a, const char *language)
{
	for (size_t i = 0; i < a->n_languages; i++)
		if (strcmp(a->by_language[i].language, language) == 0)
			return true;
	return false;
}

/* The menu takes who is of no language's queue; who chooses nothing there goes where the menu says. */
static bool read_menu(struct config_reader *r, cfg_t *web, struct config *c)
{
	const char *title = cfg_getstr(web, "caller-page-menu");

	for (size_t i = 0; i < c->n_menus; i++)
		if (strcmp(c->menus[i].app.title, title) == 0) {
			c->caller.menu = (uint8_t)(i + 1);
			c->caller_page_queue = c->menus[i].app.menu.queue;
			return true;
		}
	if (*title)
		config_complain(r, web, "caller-page-menu", "a menu of this file");
	return *title;
}

static void read_queues(struct config_reader *r, cfg_t *web, struct config *c)
{
	struct app_caller_config *a = &c->caller;
	char language[sizeof a->by_language->language];
	uint32_t queue;

	if (!read_menu(r, web, c) &&
		config_find_queue(
			c, cfg_getstr(web, "caller-page-queue"), &c->caller_page_queue))
		config_complain(r, web, "caller-page-queue", "a queue of this file");
	for (unsigned i = 0; i < cfg_size(web, "caller-page-queues"); i++) {
		if (!config_pair(c, cfg_getnstr(web, "caller-page-queues", i), language,
			    sizeof language, &queue) ||
			!is_language(language) || is_taken(a, language)) {
			config_complain(r, web, "caller-page-queues",
				"a list such as { \"de=post\", \"en=post-en\" }: de, fr, "
				"it "
				"and en at most once, and queues of this file");
			return;
		}
		memcpy(a->by_language[a->n_languages].language, language,
			sizeof language);
		a->by_language[a->n_languages++].queue = queue;
	}
}

/* RFC 6454 section 6.2. It stands in a header, so nothing else may be in it. */
static bool is_origin(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8
		: strncmp(s, "http://localhost", 16) == 0 ||
			strncmp(s, "http://127.0.0.1", 16) == 0
		? 7
		: 0;

	return scheme && s[scheme] &&
		strspn(s + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:") ==
		strlen(s + scheme);
}

static void read_origins(struct config_reader *r, cfg_t *web, struct config *c)
{
	size_t n = 0;

	for (unsigned i = 0; i < cfg_size(web, "caller-page-origins"); i++) {
		const char *origin = cfg_getnstr(web, "caller-page-origins", i);

		if (!is_origin(origin) ||
			text_format(c->caller_frames + n, sizeof c->caller_frames - n,
				"%s%s", n ? " " : "", origin)) {
			config_complain(r, web, "caller-page-origins",
				"a list of sites such as https://www.example.org, of "
				"1,000 "
				"letters in all");
			return;
		}
		n += strlen(c->caller_frames + n);
	}
}

void config_read_caller_page(struct config_reader *r, cfg_t *web, struct config *c)
{
	const char *token = cfg_getstr(web, "caller-page-token");

	c->caller_token = strcmp(token, "required") == 0;
	if (!c->caller_token && strcmp(token, "none") != 0)
		config_complain(r, web, "caller-page-token", "required or none");
	c->caller.per_address = (unsigned)config_number(
		r, web, "caller-page-at-once", 0, 100);
	c->caller.per_minute = (unsigned)config_number(
		r, web, "caller-page-per-minute", 0, 60);
	c->caller.most = (unsigned)config_number(r, web, "caller-page-most", 0, 1000);
	if (!c->caller_page)
		return;
	read_queues(r, web, c);
	read_origins(r, web, c);
}
