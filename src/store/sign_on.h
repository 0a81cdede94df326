/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sign_on -- in the records: which account is meant by a subject of the provider of identities, and the roles that it
 * gives.
 *
 * An account has one subject, and a subject one account.  Both functions are for jobs that write (store_ask()).
 */
#ifndef STORE_SIGN_ON_H
#define STORE_SIGN_ON_H

#include "store/store.h"

struct sqlite3;

struct store_sign_on {
	const char *issuer, *subject;
	const char *
		login; /* who comes the first time is whose login it is; "": not by that */
	uint64_t
		agent; /* or who is here already and says so; 0: nobody. Afterwards: who it is; 0: unknown */
	int64_t at_ms;
	/* roles by what it has; NULL: they are not the provider's matter */
	unsigned (*roles)(void *arg, unsigned before);
	void *arg;
};

/* Finds the account, or links it where it may and neither has another one; and gives it its roles where the records say what
 * it is (the configuration's people have the roles that stand there). Who has left is unknown. */
int sign_on_find(struct sqlite3 *db, struct store_sign_on *s);
/* The roles alone, of s->agent. */
int sign_on_give(struct sqlite3 *db, const struct store_sign_on *s);

#endif
