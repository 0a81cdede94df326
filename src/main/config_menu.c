/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_menu -- numbers behind which a key chooses the queue; see config.h. */
#include "main/config_inner.h"

#include <string.h>

#include "base/slice.h"
#include "base/text.h"

cfg_opt_t config_menu_opts[] = {
	CFG_STR("number", "", CFGF_NONE),
	CFG_STR("clip", "", CFGF_NONE),
	CFG_STR_LIST("keys", (char *)"{}", CFGF_NONE),
	CFG_INT("tries", 2, CFGF_NONE),
	CFG_INT("timeout", 5, CFGF_NONE),
	CFG_STR("queue", "", CFGF_NONE),
	CFG_END(),
};

static const char signs[] = "0123456789*#"; /* RFC 4733 section 3.2 */

bool config_pair(
	const struct config *c, const char *text, char *key, size_t cap, uint32_t *queue)
{
	struct slice rest = slice_str(text);

	return strchr(text, '=') && !slice_copy(slice_cut(&rest, '='), key, cap) &&
		*key && !config_find_queue(c, text + strlen(key) + 1, queue);
}

static bool has_key(const struct menu *m, uint8_t key)
{
	for (unsigned i = 0; i < m->n_keys; i++)
		if (m->keys[i].key == key)
			return true;
	return false;
}

/* False: it is none, or there twice. */
static bool add_key(const struct config *c, struct menu *m, const char *text)
{
	char key[2];
	uint32_t queue;

	if (m->n_keys == MENU_KEYS_MAX ||
		!config_pair(c, text, key, sizeof key, &queue) || !strchr(signs, *key))
		return false;
	m->keys[m->n_keys].key = (uint8_t)(strchr(signs, *key) - signs);
	m->keys[m->n_keys].queue = queue;
	return !has_key(m, m->keys[m->n_keys].key) && ++m->n_keys;
}

static void read_keys(
	struct config_reader *r, cfg_t *sec, const struct config *c, struct menu *m)
{
	unsigned n = cfg_size(sec, "keys");

	for (unsigned i = 0; i < n; i++)
		if (!add_key(c, m, cfg_getnstr(sec, "keys", i))) {
			config_complain(r, sec, "keys",
				"a list such as { \"1=post\", \"2=post-en\" }: each key "
				"once, of 0 to 9, * and #, and a queue of this file");
			return;
		}
	if (n == 0)
		config_complain(r, sec, "keys", "a list with at least one key");
}

static bool is_taken(const struct config *c, const char *number)
{
	for (size_t i = 0; i < c->n_queues; i++)
		if (strcmp(c->queues[i].app.number, number) == 0)
			return true;
	for (size_t i = 0; i < c->n_menus; i++)
		if (strcmp(c->menus[i].app.number, number) == 0)
			return true;
	return false;
}

static void read_menu(struct config_reader *r, cfg_t *sec, const struct config *c,
	struct config_menu *m)
{
	struct app_menu_config *app = &m->app;

	config_title(r, sec, app->title, sizeof app->title);
	if (strspn(app->title, "abcdefghijklmnopqrstuvwxyz0123456789.-") !=
		strlen(app->title))
		config_complain(
			r, sec, "the title", "of letters a-z, digits, dots and dashes");
	config_string(r, sec, "number", true, app->number, sizeof app->number);
	if (is_taken(c, app->number))
		config_complain(r, sec, "number", "another than the queues' and menus'");
	config_string(r, sec, "clip", true, m->clip, sizeof m->clip);
	read_keys(r, sec, c, &app->menu);
	app->menu.tries = (uint8_t)config_number(r, sec, "tries", 1, MENU_TRIES_MAX);
	app->menu.timeout_ms = config_number(r, sec, "timeout", 1, 60) * 1000;
	if (config_find_queue(c, cfg_getstr(sec, "queue"), &app->menu.queue))
		config_complain(
			r, sec, "queue", "a queue of this file, for who presses nothing");
}

void config_read_menus(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	unsigned n = cfg_size(cfg, "menu");

	if (n > APP_MENUS_MAX) {
		config_complain(r, cfg, "menu", "there at most 16 times");
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		read_menu(r, cfg_getnsec(cfg, "menu", i), c, &c->menus[i]);
		c->n_menus++;
	}
}
