/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* link -- how a login link is told: one line of text, or of JSON. */
#ifndef MAIN_LINK_H
#define MAIN_LINK_H

#include "main/options.h"

void link_print(const struct options *o, const struct config *c, const char *token);

#endif
