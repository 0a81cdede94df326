/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * centre -- everything that one control process holds, put together on one libuv loop.
 *
 * Shared by serve.c (start and end), bind.c (the app's ports to the real modules) and relays.c (relay
 * processes and their sockets).  Memory: one struct centre, in command_serve()'s heap.
 * Thread: the control loop's; trunk and store have their own and only signal into it.
 */
#ifndef MAIN_CENTRE_H
#define MAIN_CENTRE_H

#include <jansson.h>
#include <sys/types.h>
#include <uv.h>

#include "app/app.h"
#include "core/access/turns.h"
#include "main/clips.h"
#include "main/config.h"
#include "main/config_report.h"
#include "main/countries.h"
#include "main/metrics.h"
#include "main/options.h"
#include "relay/client.h"
#include "sip/trunk.h"
#include "store/journal.h"
#include "store/credential.h"
#include "store/ledger_file.h"
#include "store/sealer.h"
#include "store/store.h"
#include "web/probe.h"
#include "web/redirect.h"
#include "web/web.h"

#define RELAY_SOON_MS     30
#define RELAY_RETRY_MS    500
#define RELAY_START_TRIES 40 /* 20 s for a relay to come up at the start */
#define RELAYS_KNOWN_MS   5000 /* then the house opens without those that said nothing */
#define RELAY_HELD_MAX    16384 /* events before the app has taken over; four a leg */
#define RECORDS_MS        10000 /* for the disk, before the relays forget the ends of calls */
#define RELAY_LINGER_S    60 /* without a control and without a leg */
#define RELAY_LOOK_MS     1000
#define RELAY_HUNG_LOOKS  5 /* so many looks without any answer: it hangs */

struct centre;
struct hash_work;
struct reload;
struct sign_on_job;
struct tracer;

struct centre_relay {
	struct centre *centre;
	unsigned index;
	char path[OPTIONS_PATH_MAX];
	struct relayc *client; /* NULL while not connected */
	uv_poll_t poll;
	bool is_polled;
	uv_timer_t retry, watchdog;
	pid_t pid; /* our child; 0: none, or one that ran before this process */
	unsigned tries, refusals;
	bool is_up;
	bool drains; /* it wants to end */
	bool is_known; /* it has said what it carries */
	union rp_any *held; /* its events until relays_go_on(); owned */
	size_t n_held;
	bool has_ended; /* in relays_stop() */
	bool is_choked; /* it was told more than it takes */
	uint32_t unanswered; /* the oldest command without a reply at the last look */
	unsigned looks; /* so many looks it has been that */
};

struct centre {
	struct options options;
	struct config config;
	/* reload.c: the file as it was read last, as it was when this process began (path NULL: that is the same), and as it
	 * was refused since (path NULL: it was not); since 1970 */
	struct config_report read, began, refused;
	int64_t read_ms, refused_ms;
	struct countries countries; /* since the start */
	struct reload *reload; /* one is under way; owned by the pool until it is done */
	uv_loop_t loop;
	struct app *app;
	struct store *store;
	struct signer *signer; /* the house's key */
	struct sealer *sealer;
	/* hasher.c: what waits, by its place, and what gave way and is to be told so; owned */
	struct hash_work *hashes[TURNS_MAX], *gave_way;
	struct turns turns;
	uv_timer_t give_way;
	unsigned n_hashing;
	/* sign_on.c: likewise, of questions to the provider of identities */
	struct oidc *oidc; /* NULL: there is none */
	struct sign_on_job *asking[TURNS_MAX], *asking_gave_way;
	struct turns asking_turns;
	uv_timer_t asking_timer;
	unsigned n_asking;
	struct ledger_file *ledger;
	char configured
		[LEDGER_LAST_MAX]; /* what its newest entry says of the configuration */
	struct journal *journal; /* NULL: it could not be opened */
	struct trunk *trunk;
	struct web *web;
	struct probe *probe; /* NULL: nobody watches */
	struct redirect *redirect; /* NULL: nothing listens by plain HTTP */
	uv_timer_t lag_timer; /* with it */
	uint64_t lag_due_ns;
	struct lag lag;
	struct tracer *tracer; /* trace.c; NULL: nobody can ask */
	unsigned n_traces; /* under way */
	struct clips clips;
	uint32_t epoch;
	struct centre_relay relays[APP_RELAYS_MAX];
	uv_async_t trunk_wake, store_wake;
	uv_prepare_t prepare;
	uv_timer_t deadline;
	uv_signal_t sigint, sigterm, sigusr1, sigchld, sighup;
	bool has_loop, is_told, is_ending;
	bool has_waited; /* long enough for the relays, at the start */
	bool is_open; /* its start succeeded */
	bool goes_on; /* what was found in the relays is taken over */
	bool is_told_to_end, is_leaving;
};

/* bind.c */
struct app_ports bind_ports(struct centre *c);
struct trunk_handler bind_trunk(struct centre *c);
struct web_handler bind_web(struct centre *c);

/* house.c: the app, out of the configuration and the records; says what is wrong. And by another configuration: all of
 * it, or an errno and nothing. */
int house_start(struct centre *c, const struct clips_lines *lines);
int house_configure(struct centre *c, const struct clips_lines *lines);

/* trunks.c: SIP, with the dialogs of a former process; says what is wrong. */
int trunks_start(struct centre *c, const struct trunk_saved *saved, size_t n_saved);

/* reload.c */
/* Reads the configuration anew; what came of it is in the log, and in centre.read or centre.refused. */
void reload_begin(struct centre *c);
void reload_stop(struct centre *c); /* the loop is about to end */
void reload_close(struct centre *c);

/* shown.c: the app's ports of it */
/* The complaints of a report. New reference. */
json_t *shown_complaints(const struct config_report *r);
json_t *shown_configuration(void *arg);
void shown_read_again(void *arg);
const char *shown_carrier_word(enum trunk_carrier_state state);

/* relays.c */
/* Each relay that is up is given the clips from that one on; the others get all of them when they come. */
void relays_clips(struct centre *c, size_t first);
/* Connects to each relay, starting those that do not run; goes on in the loop. Says what is wrong. */
int relays_start(struct centre *c);
int relays_send(
	struct centre *c, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg);
/* Ends the relays that obey this process, also those that ran before it, and closes the sockets. */
void relays_stop(struct centre *c);
void relays_reap(struct centre *c);
bool relays_are_up(const struct centre *c);
/* Each has said what it carries, or there is none yet. */
bool relays_are_known(const struct centre *c);
/* The app has taken over what was found: what relays told meanwhile is told now. */
void relays_go_on(struct centre *c);
/* Closes the sockets and leaves the relays to a later control; those that carry nothing and that we started end. */
void relays_leave(struct centre *c);

/* provable.c */
/* The house's key and ledger, opened; says what is wrong. */
int provable_open(struct centre *c);
/* An entry when the configuration is not the one of the last time; the records are open. */
void provable_configuration(struct centre *c);
void provable_close(struct centre *c);

/* hasher.c */
/* The key of the agents' secrets; says what is wrong. */
int hasher_open(struct centre *c);
/* Its timer; the loop is there. */
void hasher_start(struct centre *c);
/* What waits is forgotten; what runs ends in the loop, unheard. */
void hasher_stop(struct centre *c);
int hasher_password(void *arg, struct app_password *ask);
int hasher_seal(void *arg, uint64_t agent, const uint8_t *secret, size_t n, uint8_t *out);
int hasher_unseal(
	void *arg, uint64_t agent, const uint8_t *sealed, size_t n, uint8_t *out);

/* sign_on.c: as hasher.c */
int sign_on_open(struct centre *c);
void sign_on_start(struct centre *c);
void sign_on_stop(struct centre *c);
int sign_on_ask(void *arg, struct oidc_work *ask);

/* trace.c: whoever may ask is told what happens to a call, as long as it asks */
/* Listens in the state folder. The house can do without: what is wrong is logged. */
void trace_start(struct centre *c);
void trace_stop(struct centre *c);
/* What happened; nothing is done while c->n_traces is 0, which the caller looks at. */
void trace_seen(struct centre *c, const struct trunk_seen *s);
/* The events that came with what was seen are dealt with. */
void trace_settle(struct centre *c);
void trace_record(struct centre *c, const struct store_call_event *ev);
void trace_quality(struct centre *c, const struct store_quality *q);
void trace_relay(struct centre *c, unsigned relay, const union rp_any *m);

/* lock.c */
/* One control process to a state folder, for the life of this process; says what is wrong. upgrade: the one that
 * holds it is asked to leave. EBUSY, ETIMEDOUT. */
int lock_state(const char *state, bool upgrade);

/* tell.c: called when a relay came up; once all are, tells where the centre is */
void centre_tell(struct centre *c);

/* lan.c */
/* The machine's first IPv4 address that is not loopback. ENETUNREACH: there is none. */
int lan_address(char *out, size_t cap);
/* A credential for telephones, made once and kept in DIR/lan-password (mode 0600); a file that holds
 * none is replaced, and the log says so. */
int lan_password(const char *dir, char *out, size_t cap);

/* redirect.c: listens where the configuration says so; says what is wrong */
int redirect_begin(struct centre *c);
/* The loop runs once more afterwards. */
void redirect_end(struct centre *c);

#endif
