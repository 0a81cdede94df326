/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * configuration_api -- what the administrator's page of the configuration asks; rows of the table in api.c.
 *
 * The file is the truth: nothing of it is changed here.  That it is read anew needs a session of two factors where
 * who asks has a second one, as a change of an account does.
 */
#include "app/api.h"
#include "app/priv.h"
#include "app/prove.h"
#include "base/log.h"

unsigned api_configuration(struct app *app, struct api_ask *ask)
{
	ask->known = app->ports.configuration ? app->ports.configuration(app->ports.arg)
					      : NULL;
	return ask->known ? 0 : 503;
}

unsigned api_configuration_read(struct app *app, struct api_ask *ask)
{
	const struct app_session *s = app_session_find(app, ask->session);

	if (!app->ports.read_configuration)
		return 503;
	if ((!s || s->s.factors < 2) && prove_has_second(app, ask->agent))
		return 409; /* the page says: prove it first */
	log_info("an administrator wishes that the configuration is read anew");
	app->ports.read_configuration(app->ports.arg);
	ask->known = json_pack("{s:b}", "reading", true);
	return 0;
}
