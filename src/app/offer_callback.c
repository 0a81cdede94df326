/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * offer_callback -- a caller whom a rule sends to a callback is asked whether it wants one.  Part of app.
 *
 * Nothing asks yet: the caller hears music as before and keeps its place, as the core has it until
 * ACD_EV_CALL_CALLBACK.
 */
#include "app/priv.h"

void app_call_offer_callback(struct app *app, struct app_call *call)
{
	app_call_show(app, call);
}
