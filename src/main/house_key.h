/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * house_key -- the house's Ed25519 key (RFC 8032), with which it countersigns agreements.
 *
 * Made once in the state folder, house.key, PEM, mode 0600.  Main thread.
 */
#ifndef MAIN_HOUSE_KEY_H
#define MAIN_HOUSE_KEY_H

#include <stddef.h>
#include <stdint.h>

struct evp_pkey_st;

#define HOUSE_KEY_SIGNATURE 64

/* Says on standard error what is wrong: EACCES when others may read it, EBADMSG when it is no such key. */
int house_key_open(struct evp_pkey_st **out, const char *state);
void house_key_close(struct evp_pkey_st *key); /* NULL allowed */
/* EIO */
int house_key_sign(struct evp_pkey_st *key, const void *text, size_t n,
	uint8_t signature[HOUSE_KEY_SIGNATURE]);

#endif
