/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * prove -- how somebody proves who it is: passwords, one-time codes and passkeys, at /login/... and /account/....
 * Part of app; its files only.
 *
 *   prove.c           the routes, what their answers have in common, challenges, and what is known of credentials
 *   prove_password.c  passwords, hashed on another thread
 *   prove_code.c      codes of an authenticator app
 *   prove_passkey.c   passkeys
 *
 * A session has one factor (a link that an administrator handed over, or a password) or two [RULES T4].  Where an agent
 * has a second factor, only a session of two changes anything of its account; the first one may be added by a session
 * of one, because there is nothing yet to prove it with.
 */
#ifndef APP_PROVE_H
#define APP_PROVE_H

#include <jansson.h>

#include "app/passkey.h"
#include "app/password.h"
#include "app/priv.h"

#define PROVE_PASSKEYS_MAX 8 /* of one agent: its devices */

struct proof;

/* A question on its way; one owner: whoever has to answer it. */
struct proof {
	struct app *app;
	uint64_t request;
	uint64_t session; /* its number; 0: there is none */
	uint64_t from; /* a number for where it is asked from: struct web_ask */
	char device[WEB_DEVICE_MAX]; /* likewise */
	bool is_throttled; /* likewise */
	struct knock knock; /* of a password */
	uint64_t agent; /* of the session, or who is to get one; 0: nobody */
	char *origin; /* owned */
	json_t *body; /* owned; an object */
	unsigned factors; /* of the session that it gets */
	char sign_on[WEB_SIGN_ON_MAX]; /* its cookie of a login at the provider */
	char *form; /* owned; the body of a route that takes a form */
	/* sign_on.c */
	struct oidc_work *work_there; /* owned; at the provider */
	char nonce[SIGN_ON_NONCE_MAX];
	bool links; /* somebody who is here links its account */
	uint64_t found; /* whose account it is */
	int64_t at_ms;
	struct app_password work;
	struct store_credential change; /* to be written */
	bool drops; /* not put, but dropped */
	void (*then)(struct proof *p); /* when it was written */
};

/* --- prove.c --- each takes p over --- */
void prove_refuse(struct proof *p, unsigned status, const char *code);
/* As *a says, with j, which is taken over; NULL: without. */
void prove_send(struct proof *p, struct web_answer *a, json_t *j);
void prove_free(void *arg); /* a proof, of a job that is not done any more */
/* A guess that was wrong: 403, and it counts. */
void prove_wrong(struct proof *p, const char *code);
/* 200 with j, which is taken over; NULL: {}. */
void prove_answer(struct proof *p, json_t *j);
/* 200 with a cookie: the session of p->agent, new or with p->factors from now on. */
void prove_let_in(struct proof *p);
/* Writes p->change, then goes on with `then`; what is in memory follows. */
void prove_write(struct proof *p, void (*then)(struct proof *p));
/* The same with no more to do than to answer. */
void prove_write_and_answer(struct proof *p, bool drops);

/* --- prove.c --- */
bool prove_has_second(struct app *app, uint64_t agent);
/* A member of the body, or "". */
const char *prove_text(const struct proof *p, const char *name);
/* The house lets nobody in by passwords and passkeys alone: it is refused, and p is gone. */
bool prove_has_no_local(struct proof *p);
/* Bytes of a member in base64url; false: not there, or more than cap. */
bool prove_bytes(const struct proof *p, const char *name, uint8_t *out, size_t cap,
	struct slice *s);
/* Borrowed until something is written; NULL. A passkey: the first. */
struct store_credential *prove_find(
	struct app *app, uint64_t agent, enum store_credential_kind kind);
struct store_credential *prove_find_passkey(struct app *app, struct slice id);
/* A change of this agent's, begun: now, this month. */
struct store_credential prove_new(const struct proof *p, enum store_credential_kind kind);
/* The month of now, for what proved something. */
void prove_month(const struct proof *p, struct store_credential *c);

/* --- prove_*.c: routes --- */
void prove_password(struct proof *p);
void prove_set_password(struct proof *p);
void prove_code(struct proof *p);
void prove_code_draft(struct proof *p);
void prove_code_confirm(struct proof *p);
void prove_code_remove(struct proof *p);
void prove_passkey_ask(struct proof *p);
void prove_passkey(struct proof *p);
void prove_passkey_draft(struct proof *p);
void prove_passkey_add(struct proof *p);
void prove_passkey_remove(struct proof *p);
void prove_device(struct proof *p);

#endif
