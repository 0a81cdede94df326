/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bind -- the app's ports, bound to the real modules: what the app wants goes out, what happens comes in.
 *
 * Nothing is decided here.
 */
#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "main/centre.h"
#include "main/zone.h"

static int64_t now_us(void *arg)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t wall_ms(void *arg)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void civil(void *arg, struct hours_moment *out)
{
	zone_civil(wall_ms(arg), out);
}

static void fill_random(void *arg, void *p, size_t n)
{
	if (RAND_bytes(p, (int)n) != 1)
		abort(); /* no randomness: no token would be safe */
}

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	trunk_answer(((struct centre *)arg)->trunk, dialog, sdp);
}

static void sip_reject(
	void *arg, uint64_t dialog, uint16_t status, uint32_t retry_after_s)
{
	trunk_reject(((struct centre *)arg)->trunk, dialog, status, NULL, retry_after_s);
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	trunk_hangup(((struct centre *)arg)->trunk, dialog);
}

static void sip_reinvite(void *arg, uint64_t dialog, const char *sdp)
{
	trunk_reinvite(((struct centre *)arg)->trunk, dialog, sdp);
}

static void sip_release(void *arg, uint64_t dialog)
{
	trunk_release(((struct centre *)arg)->trunk, dialog);
}

static uint64_t sip_dial(void *arg, const char *number, const char *sdp)
{
	return trunk_dial(((struct centre *)arg)->trunk, number, sdp);
}

static void sip_confirm(void *arg, uint64_t dialog)
{
	trunk_confirm(((struct centre *)arg)->trunk, dialog);
}

static int relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	return relays_send(arg, relay, m, type, leg);
}

static void desk_view(void *arg, uint64_t conn, const struct desk_view *v)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_view(v));
}

static void caller_view(void *arg, uint64_t conn, const struct desk_caller_view *v)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_caller_view(v));
}

static void door_view(void *arg, uint64_t conn, const struct desk_door *d)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_door(d));
}

static void door_token(void *arg, uint64_t conn, const char *token, const char *ref)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_door_token(token, ref));
}

static void line_answer(void *arg, uint64_t conn, const struct desk_line_answer *a)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_line_answer(a));
}

static void turn(void *arg, uint64_t conn, const struct desk_turn *t)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_turn(t));
}

static void line_stats(void *arg, uint64_t conn, const struct desk_line_stats *s)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_line_stats(s));
}

static void quality(void *arg, uint64_t conn, const struct desk_quality *q)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_quality(q));
}

static void desk_agreement(void *arg, uint64_t conn, const struct desk_agreement *a)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_agreement(a));
}

static void targets(void *arg, uint64_t conn, const struct desk_targets *t)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_targets(t));
}

static void page_error(void *arg, uint64_t conn, const char *code, const char *ref)
{
	web_send(((struct centre *)arg)->web, conn, desk_write_error(code, ref));
}

static void page_close(void *arg, uint64_t conn, uint16_t code, const char *reason)
{
	web_close(((struct centre *)arg)->web, conn, code, reason);
}

static void login_done(void *arg, uint64_t request, const char *token, uint32_t max_age_s)
{
	web_login_done(((struct centre *)arg)->web, request, token, max_age_s);
}

static void api_done(void *arg, uint64_t request, const struct web_answer *a)
{
	web_api_done(((struct centre *)arg)->web, request, a);
}

static int ask_store(void *arg, const struct store_job *job)
{
	return store_ask(((struct centre *)arg)->store, job);
}

static int add_call_event(void *arg, const struct store_call_event *ev)
{
	if (((struct centre *)arg)->n_traces)
		trace_record(arg, ev);
	return store_add_call_event(((struct centre *)arg)->store, ev);
}

static int add_session(void *arg, const struct store_session *s)
{
	return store_add_session(((struct centre *)arg)->store, s);
}

static int add_quality(void *arg, const struct store_quality *q)
{
	if (((struct centre *)arg)->n_traces)
		trace_quality(arg, q);
	return store_add_quality(((struct centre *)arg)->store, q);
}

static int put_callback(void *arg, const struct store_callback *row)
{
	return store_put_callback(((struct centre *)arg)->store, row);
}

static int drop_callback(void *arg, uint64_t call)
{
	return store_drop_callback(((struct centre *)arg)->store, call);
}

static int drop_session(void *arg, const uint8_t hash[STORE_HASH_SIZE])
{
	return store_drop_session(((struct centre *)arg)->store, hash);
}

/* Who asked, kept until the records answer. */
struct link_request {
	struct centre *centre;
	uint64_t request;
};

static void on_link_used(void *arg, int err, uint64_t agent)
{
	struct link_request *lr = arg;

	app_link_used(lr->centre->app, lr->request, err, agent);
	free(lr);
}

static int use_link(
	void *arg, const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms, uint64_t request)
{
	struct centre *c = arg;
	struct link_request *lr = malloc(sizeof *lr);
	int err;

	if (!lr)
		return ENOMEM;
	*lr = (struct link_request){ c, request };
	err = store_use_link(c->store, hash, now_ms, on_link_used, lr);
	if (err)
		free(lr);
	return err;
}

static int sign(void *arg, const struct store_signature *s)
{
	return store_add_signature(((struct centre *)arg)->store, s);
}

static int enrol(void *arg, const struct store_device_key *key,
	const uint8_t code[STORE_HASH_SIZE], int64_t at_ms)
{
	return store_enrol(((struct centre *)arg)->store, key, code, at_ms);
}

static int end_agreement(void *arg, uint64_t agent, int64_t at_ms, bool is_change)
{
	return store_end_by_agent(((struct centre *)arg)->store, agent, at_ms, is_change);
}

static int countersign(
	void *arg, const void *text, size_t n, uint8_t signature[STORE_SIGNATURE_SIZE])
{
	return signer_sign(
		((struct centre *)arg)->signer, (struct slice){ text, n }, signature);
}

static void marks(void *arg, struct store_marks *out)
{
	store_marks(((struct centre *)arg)->store, out);
}

/* Before the records' ring is full: what runs must still be recorded. */
static bool store_is_well(void *arg)
{
	struct store_health health;

	store_health(((struct centre *)arg)->store, &health);
	return health.backlog < STORE_BACKLOG_MAX / 2;
}

static int begin_journal(void *arg, int64_t at_ms, const uint8_t key[JOURNAL_KEY_SIZE])
{
	return journal_begin(((struct centre *)arg)->journal, at_ms, key);
}

static int put_journal(void *arg, const void *bytes, size_t n)
{
	return journal_put(((struct centre *)arg)->journal, bytes, n);
}

static void end_journal(void *arg)
{
	journal_end(((struct centre *)arg)->journal);
}

struct app_ports bind_ports(struct centre *c)
{
	return (struct app_ports){
		.arg = c,
		.now_us = now_us,
		.wall_ms = wall_ms,
		.civil = civil,
		.configuration = shown_configuration,
		.read_configuration = shown_read_again,
		.random = fill_random,
		.sip_answer = sip_answer,
		.sip_reject = sip_reject,
		.sip_hangup = sip_hangup,
		.sip_reinvite = sip_reinvite,
		.sip_release = sip_release,
		.sip_dial = config_calls_out(&c->config) ? sip_dial : NULL,
		.sip_confirm = sip_confirm,
		.relay_send = relay_send,
		.desk_view = desk_view,
		.caller_view = caller_view,
		.door_view = door_view,
		.door_token = door_token,
		.line_answer = line_answer,
		.turn = turn,
		.line_stats = line_stats,
		.quality = quality,
		.desk_agreement = desk_agreement,
		.targets = targets,
		.page_error = page_error,
		.page_close = page_close,
		.login_done = login_done,
		.api_done = api_done,
		.store_call_event = add_call_event,
		.store_add_session = add_session,
		.store_quality = add_quality,
		.store_put_callback = put_callback,
		.store_drop_callback = drop_callback,
		.store_drop_session = drop_session,
		.store_use_link = use_link,
		.store_sign = sign,
		.store_enrol = enrol,
		.store_end_agreement = end_agreement,
		.countersign = countersign,
		.password = hasher_password,
		.sign_on = c->oidc ? sign_on_ask : NULL,
		.seal = hasher_seal,
		.unseal = hasher_unseal,
		.store_ask = ask_store,
		.store_marks = marks,
		.store_is_well = store_is_well,
		.journal_begin = c->journal ? begin_journal : NULL,
		.journal_put = put_journal,
		.journal_end = end_journal,
	};
}

static void on_invite(void *arg, const struct trunk_invite *inv)
{
	app_sip_invite(((struct centre *)arg)->app, inv);
}

static void on_acked(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	app_sip_acked(((struct centre *)arg)->app, dialog, sdp, n);
}

static void on_reoffer(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	app_sip_reoffer(((struct centre *)arg)->app, dialog, sdp, n);
}

static void on_changed(void *arg, uint64_t dialog, const void *state, size_t n)
{
	app_sip_changed(((struct centre *)arg)->app, dialog, state, n);
}

static void on_reinvited(
	void *arg, uint64_t dialog, uint16_t status, const char *sdp, size_t n)
{
	app_sip_reinvited(((struct centre *)arg)->app, dialog, status, sdp, n);
}

static void on_refreshed(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	app_sip_refreshed(((struct centre *)arg)->app, dialog, sdp, n);
}

static void on_rang(void *arg, uint64_t dialog)
{
	app_sip_rang(((struct centre *)arg)->app, dialog);
}

static void on_reached(void *arg, uint64_t dialog, const char *sdp, size_t n,
	const void *state, size_t state_len)
{
	app_sip_reached(((struct centre *)arg)->app, dialog, sdp, n, state, state_len);
}

static void on_unreached(void *arg, uint64_t dialog, uint16_t status)
{
	app_sip_unreached(((struct centre *)arg)->app, dialog, status);
}

static void on_ended(void *arg, uint64_t dialog, enum trunk_end why)
{
	static const char *const words[] = {
		[TRUNK_END_CANCEL] = "caller_hung_up",
		[TRUNK_END_BYE] = "caller_hung_up",
		[TRUNK_END_HANGUP] = "hung_up",
		[TRUNK_END_REJECT] = "refused",
		[TRUNK_END_TIMEOUT] = "no_ack",
		[TRUNK_END_FAILED] = "signalling_failed",
		[TRUNK_END_UNREACHED] = "unreached",
		[TRUNK_END_EXPIRED] = "session_expired",
	};

	app_sip_ended(((struct centre *)arg)->app, dialog, words[why]);
}

static void on_seen(void *arg, const struct trunk_seen *s)
{
	if (((struct centre *)arg)->n_traces)
		trace_seen(arg, s);
}

static void on_trunk_wake(void *arg)
{
	uv_async_send(&((struct centre *)arg)->trunk_wake);
}

struct trunk_handler bind_trunk(struct centre *c)
{
	return (struct trunk_handler){
		.invite = on_invite,
		.acked = on_acked,
		.reoffer = on_reoffer,
		.changed = on_changed,
		.reinvited = on_reinvited,
		.refreshed = on_refreshed,
		.rang = on_rang,
		.reached = on_reached,
		.unreached = on_unreached,
		.ended = on_ended,
		.seen = on_seen,
		.wake = on_trunk_wake,
		.arg = c,
	};
}

static void on_login(void *arg, uint64_t request, const char *token)
{
	app_login(((struct centre *)arg)->app, request, token);
}

static uint64_t on_session(void *arg, const char *token, uint64_t *number)
{
	struct app *app = ((struct centre *)arg)->app;

	*number = app_session_number(app, token);
	return app_session(app, token);
}

static uint64_t on_door(void *arg, const char *token)
{
	return app_door(((struct centre *)arg)->app, token);
}

static void on_opened(
	void *arg, uint64_t conn, enum web_page page, uint64_t agent, uint64_t session)
{
	struct app *app = ((struct centre *)arg)->app;

	if (page == WEB_DOOR)
		app_door_opened(app, conn, agent);
	else
		app_page_opened(app, conn, page == WEB_DESK ? agent : 0,
			page == WEB_DESK ? session : 0);
}

static void on_message(void *arg, uint64_t conn, const struct desk_msg *m)
{
	app_page_message(((struct centre *)arg)->app, conn, m);
}

static void on_bad_message(void *arg, uint64_t conn, int err)
{
	app_page_bad_message(((struct centre *)arg)->app, conn, err);
}

static void on_closed(void *arg, uint64_t conn)
{
	app_page_closed(((struct centre *)arg)->app, conn);
}

static void on_api(void *arg, const struct web_ask *ask)
{
	app_api(((struct centre *)arg)->app, ask);
}

static void on_prove(void *arg, const struct web_ask *ask)
{
	app_prove(((struct centre *)arg)->app, ask);
}

struct web_handler bind_web(struct centre *c)
{
	return (struct web_handler){ on_login, on_session, on_door, on_opened, on_message,
		on_bad_message, on_closed, on_api, on_prove, c };
}
