/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * turn_tell -- the desk holds an account at the TURN server that no line has used yet: told with each hello, before the
 * view that a line is made upon, and with each offer for the one after it.  So no line waits for an account, and each
 * has its own.  Kept nowhere.  Part of app.
 */
#include "app/priv.h"

#include <string.h>

#include "base/log.h"

void app_turn_tell(struct app *app, const struct app_agent *ag)
{
	const struct app_turn_config *cfg = &app->cfg.turn;
	char urls[TURN_URLS_MAX][TURN_URL_MAX];
	uint8_t name[TURN_NAME_SIZE];
	struct turn_account account;
	struct desk_turn told = { .user = account.user, .password = account.password };

	if (!*cfg->host)
		return;
	app->ports.random(app->ports.arg, name, sizeof name);
	if (turn_account(cfg->secret,
		    app->ports.wall_ms(app->ports.arg) / 1000 + cfg->lifetime_s, name,
		    &account)) {
		log_error("no account at the TURN server could be made");
		return;
	}
	told.n_urls = turn_urls(cfg, urls);
	for (size_t i = 0; i < told.n_urls; i++)
		told.urls[i] = urls[i];
	app->ports.turn(app->ports.arg, ag->conn, &told);
	explicit_bzero(&account, sizeof account);
}
