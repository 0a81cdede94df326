/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sip_tls -- certificate, key and authorities in a folder as sofia-sip wants them: agent.pem and cafile.pem.
 *
 * The folder is the process's own (mode 0700, in the state folder) and lives for the start only: sofia-sip reads it
 * once.  Main thread.
 */
#ifndef MAIN_SIP_TLS_H
#define MAIN_SIP_TLS_H

#include "main/config.h"

/* Says what is wrong. path: at least OPTIONS_PATH_MAX. */
int sip_tls_make(const struct config *cfg, const char *state, char *path, size_t cap);
void sip_tls_remove(const char *path); /* "" allowed */

#endif
