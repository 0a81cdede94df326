/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * countries -- does what the configuration names lie in the countries that it allows? [RULES L1]
 *
 * Files of the registries are read when the configuration is; of them only the ranges of these countries stay in memory.
 * A name is asked of the machine's resolver, which answers in two seconds a server or is believed to be away; whoever connects
 * later asks countries_allow() about the address that it found.
 *
 * struct countries lives in the caller's; what is in it does not change, so any thread may ask.
 */
#ifndef MAIN_COUNTRIES_H
#define MAIN_COUNTRIES_H

#include <sys/socket.h>

#include "main/config.h"
#include "main/config_report.h"

#define COUNTRIES_CODES (CONFIG_COUNTRIES_MAX * (COUNTRY_CODE + 1)) /* "CH, LI" */

struct countries {
	struct country_net *nets; /* owned */
	size_t n, cap;
	bool is_set; /* else everything is allowed */
	char codes[COUNTRIES_CODES]; /* as complaints have them */
};

/* EINVAL: a file is not there, or no registry's, which the report says; ENOMEM. out is empty then. */
int countries_open(
	struct countries *out, const struct config *c, struct config_report *report);
void countries_close(struct countries *k);
/* IPv4 as ::ffff:a.b.c.d. What lies within the house is always allowed. */
bool countries_allow(const struct countries *k, const uint8_t addr[16]);
bool countries_allow_socket(const struct countries *k, const struct sockaddr *sa);
/* Into the report: what lies outside. May wait for name servers. */
void countries_look(
	const struct countries *k, const struct config *c, struct config_report *report);

#endif
