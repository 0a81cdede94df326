/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people_known -- what people_api.c and approvals_api.c share. */
#ifndef APP_PEOPLE_KNOWN_H
#define APP_PEOPLE_KNOWN_H

#include "app/api.h"
#include "store/people.h"

struct people_known {
	uint16_t node;
	char token[65]; /* fresh, in hexadecimal */
};

/* 0, so that what was counted meanwhile stays. */
int people_api_refuse(
	struct web_answer *out, unsigned status, const char *what, const char *code);
/* body's "login", if somebody with it is here. */
const struct store_person *people_api_whom(
	const struct store_people *house, const json_t *body);

#endif
