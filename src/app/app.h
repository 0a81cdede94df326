/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * app -- the contact centre: turns what happens into events of the acd, and its actions into commands.
 *
 * It decides nothing that the core could decide, and touches the world only through struct app_ports.
 * Time: it reads the clock once per input.  The owner calls app_tick() when app_next_deadline_ms() is due.
 *
 * Memory: app_new() makes it, app_free() ends it without telling anybody; app_stop() first ends the
 * calls in an orderly way.  Strings in the configuration are copied.  Thread: the control loop's, only.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/caller_token.h"
#include "app/paper.h"
#include "app/ports.h"
#include "app/turn.h"
#include "core/acd/acd.h"
#include "core/acd/announce.h"
#include "core/approval/approval.h"
#include "core/home/week.h"
#include "core/hours/hours.h"
#include "core/menu/menu.h"
#include "oidc/oidc.h"
#include "sip/trunk.h"

#define APP_NAME_MAX   64
#define APP_RELAYS_MAX 16
#define APP_AGENTS_MAX 1024
#define APP_CALLS_MAX  2000 /* at once: RP_LEGS_MAX less the lines, two legs a talk */
#define APP_NO_CLIP    UINT32_MAX
#define APP_MENUS_MAX  16
#define APP_MENU_TITLE 32 /* with NUL; it stands in records */

struct app_queue_config {
	uint64_t id;
	char number[APP_NAME_MAX];
	char name[APP_NAME_MAX];
	char language[8];
	struct acd_queue_config
		acd; /* the target of a diversion to a message: into messages[] */
	struct hours hours;
	bool is_gone; /* not configured any more: nobody comes to it, who waits is served */
	int64_t announce_ms; /* so often who waits is told its place and its wait; 0: never */
	/* clips, by their index in every relay; APP_NO_CLIP: none */
	uint32_t greeting, music, apology, transfer, farewell;
	uint32_t hold; /* "one moment please, I am right back" */
	uint32_t
		callback_offer; /* "press 1 to be called back"; APP_NO_CLIP: never offered */
	uint32_t callback_yes; /* "you will be called on the number you called from" */
	uint32_t messages[ACD_DIVERSIONS_MAX];
	uint32_t positions[ANNOUNCE_POSITION_MAX]; /* "you are the first" ... */
	uint32_t waits[ANNOUNCE_WAITS]; /* by enum announce_wait */
};

/* A number behind which callers choose their queue by a key. */
struct app_menu_config {
	char number[APP_NAME_MAX]; /* no queue's */
	char title[APP_MENU_TITLE]; /* letters a-z, digits, dots and dashes */
	uint32_t clip; /* "for German press 1 ..." */
	struct menu menu; /* queues by index */
};

struct app_agent_config {
	uint64_t id;
	char name[APP_NAME_MAX];
	bool at_home; /* usually; what counts is said for each shift */
	struct acd_queues queues; /* indices into queues[] */
	struct acd_skills skills;
	uint8_t clearance; /* at most, wherever it works: core/home/shift.h */
	char login[APP_NAME_MAX];
	unsigned roles; /* enum store_role */
};

/* Who belongs to another office than the first. */
struct app_week_place {
	char login[APP_NAME_MAX];
	uint8_t site; /* index into sites */
};

/* The house's rules of home days: core/home/week.h */
struct app_week_config {
	struct week_rules rules;
	uint8_t team_days; /* of everybody; bit 0: Monday */
	uint8_t queue_team_days[ACD_QUEUES_MAX]; /* of who is in that queue; by index */
	char sites[WEEK_SITES_MAX][APP_NAME_MAX]; /* [0], "": of who is at no other */
	const struct app_week_place *places; /* borrowed while the app lives */
	size_t n_places;
	bool house_sum; /* what all together are spared of the way is told [N7] */
};

/* A provider of identities: oidc/oidc.h does what it says, through the port sign_on. */
struct app_sign_on_config {
	const struct sign_on_rules *rules; /* borrowed while the app lives */
	char name[APP_NAME_MAX]; /* of the provider, for people; "": none is shown */
	char scopes[128];
	bool links_by_login; /* who comes the first time is whose login it is */
	bool has_passwords; /* they and passkeys alone still let somebody in */
	int64_t check_ms; /* so often the provider is asked whether somebody is still there */
	int64_t unchecked_ms; /* and without its word a session lives so long at most */
};

#define APP_CALLER_LANGUAGES 8
/* The caller page: who may call, and where it leads. */
struct app_caller_config {
	struct {
		char language[8]; /* of the page */
		uint32_t queue;
	} by_language[APP_CALLER_LANGUAGES];
	size_t n_languages; /* others come to the menu, or to caller_page_queue */
	uint8_t menu; /* the n-th of menus[], from 1 on; 0: none */
	const char *secret; /* of the house's own site; NULL: no token is asked for */
	unsigned per_address; /* calls at once from one; 0: as many as come */
	unsigned per_minute; /* tries of one address; 0: likewise */
	unsigned most; /* calls at once, in all; 0: likewise */
};

struct app_config {
	uint16_t node;
	const struct app_queue_config *queues;
	size_t n_queues;
	const struct app_agent_config *agents; /* at first; others come: app_people() */
	size_t n_agents;
	size_t max_agents; /* at once; 0: n_agents */
	const struct app_menu_config *menus;
	size_t n_menus; /* APP_MENUS_MAX */
	uint32_t ring_clip; /* the offer's sound on the line */
	uint32_t ringback_clip; /* heard there while it rings at a callback's */
	uint32_t caller_page_queue; /* index */
	struct app_caller_config
		caller; /* the secret is borrowed until app_new() returns */
	unsigned n_relays;
	char public_addr[RP_ADDR_SIZE]; /* of the relays, behind NAT; "": their own */
	uint32_t session_s; /* life of a session */
	int64_t caller_silent_ms; /* a caller without a packet for so long is gone; see RP_EV_SILENT */
	int64_t desk_gone_ms; /* a shift without a desk for so long ends */
	int64_t regain_ms; /* a lost line or desk may come back for so long as if nothing had been */
	const char *skills
		[ACD_SKILLS_MAX]; /* their names, for the journal; borrowed while the app lives */
	size_t n_skills;
	uint64_t journal_bytes; /* after so many a new segment begins; 0: 64 MB */
	uint8_t office_clearance; /* of the site: core/home/shift.h */
	bool pulse; /* the weekly question is asked */
	int64_t hold_ms; /* the longest hold; 0: ACD_HOLD_MS */
	bool two_factors_always; /* at the office, too */
	char house[APP_NAME_MAX]; /* its name, which no password may be made of */
	int64_t reconfirm_ms; /* an agreement is confirmed anew after so long; 0: never */
	struct app_turn_config turn;
	struct app_week_config week;
	struct app_paper paper; /* where an agent's own copy is made from */
	enum trunk_srtp dial_srtp; /* what is offered where the house calls */
	const struct app_sign_on_config
		*sign_on; /* borrowed while the app lives; NULL: there is none */
	uint64_t last_id; /* ids start above this one; 0: none was given before */
};

struct app;

int app_new(
	struct app **out, const struct app_config *cfg, const struct app_ports *ports);
void app_free(struct app *app); /* NULL allowed */
/*
 * Another configuration from now on, while calls go on; all of it, or an errno and nothing. Queues and menus stand where
 * they stood (a queue of the same id and sensitivity; is_gone, a menu without a number: not configured any more), new
 * ones behind them. Not looked at, for they need another process: node, agents, max_agents, n_relays, week, paper,
 * dial_srtp, house, journal_bytes, the caller page's secret. EINVAL, ENOMEM.
 */
int app_configure(struct app *app, const struct app_config *cfg);
/* Ends every call towards its caller; no new ones are taken. */
void app_stop(struct app *app);
/* The journal has its end; with the next event another segment would begin. Before the world is taken away. */
void app_end_journal(struct app *app);

void app_tick(struct app *app);
int64_t app_next_deadline_ms(const struct app *app); /* monotonic ms; -1: none */

/* --- going on where a former process was stopped, before anything else happens --- */
/* One leg of a relay's snapshot; the relay is up. Copied. One that nobody can go on with is closed. */
void app_found_leg(struct app *app, unsigned relay, const struct rp_leg_state *leg);
/* The dialogs of what was found, for trunk_config.saved; at most cap (APP_CALLS_MAX and ENDED_MAX) are written.
 * Borrowed until app_adopt(). */
#define APP_DIALOGS_MAX 4096
size_t app_saved_dialogs(struct app *app, struct trunk_saved *out, size_t cap);
/* One that waits to be called back; the queue may be gone meanwhile. Before app_adopt(). */
void app_found_callback(struct app *app, const struct store_callback *row);
/* Goes on with all of it: agents, calls in their order, talks, ends that were not told or recorded. From now
 * on calls and pages are taken. Also where nothing was found. */
void app_adopt(struct app *app);
/* The calls that go on, for store_end_open_calls(); after app_adopt(). */
size_t app_call_ids(const struct app *app, uint64_t *out, size_t cap);

/* --- sip --- called, caller, sdp and state as in struct trunk_invite (trunk.h) --- */
void app_sip_invite(struct app *app, const struct trunk_invite *inv);
void app_sip_changed(struct app *app, uint64_t dialog, const void *state, size_t n);
void app_sip_reinvited(
	struct app *app, uint64_t dialog, uint16_t status, const char *sdp, size_t n);
void app_sip_refreshed(struct app *app, uint64_t dialog, const char *sdp, size_t n);
void app_sip_acked(struct app *app, uint64_t dialog, const char *sdp, size_t n);
void app_sip_reoffer(struct app *app, uint64_t dialog, const char *sdp, size_t n);
/* Of a call that we make: trunk_handler's rang, reached and unreached. */
void app_sip_rang(struct app *app, uint64_t dialog);
void app_sip_reached(struct app *app, uint64_t dialog, const char *sdp, size_t n,
	const void *state, size_t state_len);
void app_sip_unreached(struct app *app, uint64_t dialog, uint16_t status);
void app_sip_ended(struct app *app, uint64_t dialog, const char *why);

/* --- relays --- */
void app_relay_up(struct app *app, unsigned relay, const struct rp_hello_ok *hello);
void app_relay_gone(struct app *app, unsigned relay);
/* How many legs the app has there. */
uint32_t app_relay_legs(const struct app *app, unsigned relay);
/* RP_EV_DRAIN came, or its hello said so. */
void app_relay_drain(struct app *app, unsigned relay);
/* command: the type that was sent with relay_send(); replies come in the order of the commands. */
void app_relay_reply(
	struct app *app, unsigned relay, uint16_t command, const union rp_any *m);
void app_relay_event(struct app *app, unsigned relay, const union rp_any *m);

/* --- store: store_marks() may have moved --- */
void app_records_kept(struct app *app);

/* All of the agreement, taken over: at start, and after each change. */
struct store_agreements;
void app_agreements(struct app *app, struct store_agreements *a);

/* Who is in the house, taken over: at start before anything that an agent has, and after each change. Who is not in it,
 * leaves. */
struct store_people;
void app_people(struct app *app, struct store_people *p);
/* For all of the house, at this moment [RULES N7]. */
bool app_evaluation_is_on(const struct app *app, enum evaluation e);
/* All credentials, taken over: at start, before any session, and when another process changed them. */
struct store_credentials;
void app_credentials(struct app *app, struct store_credentials *c);

/* --- web --- */
void app_login(struct app *app, uint64_t request, const char *token);
void app_link_used(struct app *app, uint64_t request, int err, uint64_t agent);
uint64_t app_session(struct app *app, const char *token); /* the agent, or 0 */
/* The session's number, never used again in this process; 0: it is none. */
uint64_t app_session_number(struct app *app, const char *token);
/* Two factors from now on, under another token. How many seconds are left of it; 0: it is over. */
uint32_t app_session_raise(struct app *app, uint64_t number, char token[65]);
/* What a page asks at /login/... and /account/...: who somebody is. Answered as app_api(). */
void app_prove(struct app *app, const struct web_ask *ask);
void app_load_session(struct app *app, const struct store_session *s); /* at start */
/* agent 0: a caller page; session: app_session_number(), of a caller page a number for its address */
void app_page_opened(struct app *app, uint64_t conn, uint64_t agent, uint64_t session);
/* What a page asks at /api/: api.h. Answered through the port api_done, now or later. */
void app_api(struct app *app, const struct web_ask *ask);
/* The agent whose door display's token this is, or 0. */
uint64_t app_door(struct app *app, const char *token);
/* A door display with this agent's token; it is closed when there are enough. */
void app_door_opened(struct app *app, uint64_t conn, uint64_t agent);
void app_page_message(struct app *app, uint64_t conn, const struct desk_msg *m);
void app_page_bad_message(struct app *app, uint64_t conn, int err);
void app_page_closed(struct app *app, uint64_t conn);

/* The code by which a device's key is enrolled: characters of Crockford's base 32, and its hash in the records,
 * whichever way it was typed. */
#define APP_CODE_LEN 8
void app_code_hash(uint8_t hash[STORE_HASH_SIZE], const char *code);

/* A token's hash as the records keep it: SHA-256 of its text. */
void app_token_hash(uint8_t hash[STORE_HASH_SIZE], const char *token);

/* For tests: the core, read only. */
const struct acd *app_acd(const struct app *app);
size_t app_n_calls(const struct app *app);
size_t app_n_ended(const struct app *app); /* whose end is not on disk yet */

#endif
