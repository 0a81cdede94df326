/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* caller_token -- the secret that the house's own site shares with the caller page. */
#ifndef MAIN_CALLER_TOKEN_H
#define MAIN_CALLER_TOKEN_H

#include "app/caller_token.h"
#include "main/options.h"

/* Made once and kept in DIR/caller-token.key (mode 0600), 64 hexadecimal digits. EBADMSG: what is there is none. */
int caller_secret(const char *dir, char out[CALLER_SECRET_MAX]);

#endif
