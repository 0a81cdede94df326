/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * device -- by what a device shows that somebody was let in with it before: a cookie that is sealed for that agent with
 * the house's key, and random otherwise.  It lets nobody in; its bearer's tries are counted apart from others' (knock.h).
 *
 * Nothing of it is kept here: who has it, has it.  Part of app.
 */
#ifndef APP_DEVICE_H
#define APP_DEVICE_H

#include "app/priv.h"

/* "" where it cannot be made: one is then known a little later. */
void device_make(struct app *app, uint64_t agent, char out[WEB_DEVICE_MAX]);
/* A number for the device, or 0: not made here for this agent. Takes as long for an agent that there is not. */
uint64_t device_number(const struct app *app, uint64_t agent, const char *cookie);

#endif
