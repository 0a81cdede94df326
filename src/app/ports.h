/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ports -- what the contact centre needs of the world: sip, relays, web, store and the clock.
 *
 * The app calls these; the world calls the app_*() functions of app.h.  main/ binds them to the real
 * modules, a test binds them to simulated ones with a virtual clock, and the centre cannot tell.
 * Every function returns at once and never calls back into the app from inside.
 */
#ifndef APP_PORTS_H
#define APP_PORTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/password.h"
#include "core/hours/hours.h"
#include "oidc/oidc.h"
#include "relay/proto.h"
#include "store/agreement.h"
#include "store/store.h"
#include "web/ask.h"
#include "web/desk.h"

/* A password to be hashed, or checked against a hash, where it holds nobody up. */
struct app_password {
	bool checks;
	char password[PASSWORD_MAX];
	char hash[PASSWORD_HASH_MAX]; /* to be checked against, or what came of it */
	bool holds, is_old; /* what came of checking: password_check() */
	int err; /* of hashing */
	uint64_t from; /* who asks: struct web_ask */
	bool is_known; /* by a device that has been here: it goes first */
	bool gave_way; /* it was not done: too many waited */
	void (*done)(struct app_password *w); /* on the loop */
	void *arg;
};

struct app_ports {
	void *arg;

	/* clock and chance */
	int64_t (*now_us)(void *arg); /* monotonic, the clock of rp_first.at_us */
	int64_t (*wall_ms)(void *arg); /* since 1970 UTC; may jump */
	/* the same moment as the wall shows it where the house stands; asked for opening hours alone */
	void (*civil)(void *arg, struct hours_moment *out);
	void (*random)(void *arg, void *p, size_t n);

	/* sip: trunk.h. An unknown dialog is ignored. */
	void (*sip_answer)(void *arg, uint64_t dialog, const char *sdp);
	void (*sip_reject)(
		void *arg, uint64_t dialog, uint16_t status, uint32_t retry_after_s);
	void (*sip_hangup)(void *arg, uint64_t dialog);
	void (*sip_reinvite)(void *arg, uint64_t dialog, const char *sdp);
	void (*sip_release)(void *arg, uint64_t dialog);
	/* The dialog, or 0. NULL: the house calls nobody, and no callback is ever offered. */
	uint64_t (*sip_dial)(void *arg, const char *number, const char *sdp);
	void (*sip_confirm)(void *arg, uint64_t dialog);

	/* relays: m's body is filled, head is not. 0, or ENOTCONN, ENOBUFS: then no reply comes. */
	int (*relay_send)(
		void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg);

	/* web: an unknown connection is ignored. */
	void (*desk_view)(void *arg, uint64_t conn, const struct desk_view *v);
	void (*caller_view)(void *arg, uint64_t conn, const struct desk_caller_view *v);
	void (*door_view)(void *arg, uint64_t conn, const struct desk_door *d);
	void (*door_token)(void *arg, uint64_t conn, const char *token, const char *ref);
	void (*line_answer)(void *arg, uint64_t conn, const struct desk_line_answer *a);
	void (*turn)(void *arg, uint64_t conn, const struct desk_turn *t);
	void (*targets)(void *arg, uint64_t conn, const struct desk_targets *t);
	void (*line_stats)(void *arg, uint64_t conn, const struct desk_line_stats *s);
	void (*quality)(void *arg, uint64_t conn, const struct desk_quality *q);
	void (*desk_agreement)(void *arg, uint64_t conn, const struct desk_agreement *a);
	void (*page_error)(void *arg, uint64_t conn, const char *code, const char *ref);
	void (*page_close)(void *arg, uint64_t conn, uint16_t code, const char *reason);
	void (*login_done)(void *arg, uint64_t request, const char *session_token,
		uint32_t max_age_s);

	void (*api_done)(void *arg, uint64_t request,
		const struct web_answer *a); /* takes its body over */

	/* store: 0 or ENOBUFS */
	int (*store_call_event)(void *arg, const struct store_call_event *ev);
	int (*store_add_session)(void *arg, const struct store_session *s);
	/* NULL: talks are not measured */
	int (*store_quality)(void *arg, const struct store_quality *q);
	int (*store_put_callback)(void *arg, const struct store_callback *row);
	int (*store_drop_callback)(void *arg, uint64_t call);
	int (*store_drop_session)(void *arg, const uint8_t hash[STORE_HASH_SIZE]);
	/* answered by app_link_used() with the same request */
	int (*store_use_link)(void *arg, const uint8_t hash[STORE_HASH_SIZE],
		int64_t now_ms, uint64_t request);
	/* the agreement: app_agreements() follows when it is on disk */
	int (*store_sign)(void *arg, const struct store_signature *s);
	/* code NULL: proved by a passkey */
	int (*store_enrol)(void *arg, const struct store_device_key *key,
		const uint8_t code[STORE_HASH_SIZE], int64_t now_ms);
	int (*store_end_agreement)(
		void *arg, uint64_t agent, int64_t now_ms, bool is_change);
	/* 0: w, borrowed until then, is told by its `done`; EAGAIN: too many wait */
	int (*password)(void *arg, struct app_password *w);
	/* the provider of identities: 0, and w, borrowed until then, is told by its `done`; ENOMEM. NULL: there is none */
	int (*sign_on)(void *arg, struct oidc_work *w);
	/* secrets of authenticator apps: store/sealer.h */
	int (*seal)(
		void *arg, uint64_t agent, const uint8_t *secret, size_t n, uint8_t *out);
	int (*unseal)(
		void *arg, uint64_t agent, const uint8_t *sealed, size_t n, uint8_t *out);
	/* with the house's Ed25519 key; 0 or EIO */
	int (*countersign)(void *arg, const void *text, size_t n,
		uint8_t signature[STORE_SIGNATURE_SIZE]);
	/* 0, or it will not be answered: store_ask() */
	int (*store_ask)(void *arg, const struct store_job *job);
	void (*store_marks)(void *arg, struct store_marks *out);
	bool (*store_is_well)(
		void *arg); /* false: no new calls, they could not be recorded */

	/* the configuration: as a page shows it, a new reference, or NULL; that its file is read anew, soon. NULL: neither */
	json_t *(*configuration)(void *arg);
	void (*read_configuration)(void *arg);

	/* journal: store/journal.h. 0, or an errno: nothing more is taken until the next begin. NULL: none is kept */
	int (*journal_begin)(void *arg, int64_t wall_ms, const uint8_t key[16]);
	int (*journal_put)(void *arg, const void *bytes, size_t n);
	void (*journal_end)(void *arg);
};

#endif
