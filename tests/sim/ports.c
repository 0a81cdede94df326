/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ports -- the centre's world, as app/ports.h wants it: what it asks for becomes what happens next. */
#include <string.h>

#include "inner.h"

static int64_t now_us(void *arg)
{
	return ((struct world *)arg)->now_us;
}

static int64_t wall_ms(void *arg)
{
	return 1800000000000 + ((struct world *)arg)->now_us / 1000;
}

static void random_bytes(void *arg, void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)chance(arg, 256);
}

/* --- sip --- */

static struct caller *caller_of(struct world *w, uint64_t dialog)
{
	return &w->callers[dialog - 1];
}

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	struct world *w = arg;
	struct caller *c = caller_of(w, dialog);

	if (!strstr(sdp, "m=audio"))
		fail(w, "an answer without audio");
	if (c->is_over) {
		fail(w, "a call that is over was answered");
		return;
	}
	if (c->is_reoffering) {
		if (c->is_bad_reoffer)
			fail(w, "a re-INVITE without our codec was answered");
		c->is_reoffering = false;
		return;
	}
	if (c->is_answered)
		fail(w, "a call was answered twice");
	c->is_answered = true;
	later(w, 30, W_ACK, dialog);
}

static void sip_reject(void *arg, uint64_t dialog, uint16_t status, uint32_t retry)
{
	struct world *w = arg;
	struct caller *c = caller_of(w, dialog);

	if (c->is_reoffering) {
		c->is_reoffering = false;
		/* an honest refusal leaves the session as it was */
		if (!c->is_bad_reoffer)
			c->is_held = !c->is_held;
		return;
	}
	if (c->is_answered)
		fail(w, "an answered call was rejected");
	w->report->refused++;
	caller_over(w, c);
	later(w, 5, W_SIP_ENDED, dialog);
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	struct world *w = arg;
	struct caller *c = caller_of(w, dialog);

	if (c->n_hangups++ > 0)
		fail(w, "a dialog was hung up twice");
	if (c->is_told)
		fail(w, "a dialog was hung up whose end had been told");
	caller_over(w, c);
	later(w, 20, W_SIP_ENDED, dialog);
}

static int relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	return relay_command(arg, relay, m, type, leg);
}

/* --- web --- */

static void desk_view(void *arg, uint64_t conn, const struct desk_view *v)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	if (p && p->conn == conn)
		agent_seen(w, p, v);
	else
		fail(w, "a view was sent to a page that is not open");
}

static void caller_view(void *arg, uint64_t conn, const struct desk_caller_view *v)
{
	struct world *w = arg;
	struct caller *c = map_find(&w->callers_by_conn, conn);

	if (!c) {
		fail(w, "a caller's view was sent to a page that is not open");
		return;
	}
	if (c->is_over && v->state != DESK_CALL_ENDED)
		fail(w, "a call that is over goes on for its page");
	if (v->state != DESK_CALL_ENDED)
		return;
	if (!c->leg)
		w->report->refused++;
	caller_over(w, c);
	later(w, 500, W_PAGE_CLOSED, conn);
}

static void line_answer(void *arg, uint64_t conn, const struct desk_line_answer *a)
{
	if (!strstr(a->sdp, "a=fingerprint:sha-256"))
		fail(arg, "an answer to a browser without a fingerprint");
}

static void line_stats(void *arg, uint64_t conn, const struct desk_line_stats *s)
{
	fail(arg, "nobody asks for figures here");
}

static void page_error(void *arg, uint64_t conn, const char *code, const char *ref)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	if (!p)
		fail(w, "a caller's page was told of an error");
	else if (p->conn != conn)
		w->n_no_hello += strcmp(code, "no_hello") == 0;
	else /* what was wished for did not come about: think again */
		later(w, 1000, W_AGENT_ACTS, p->id)->generation = ++p->generation;
}

static void page_close(void *arg, uint64_t conn, uint16_t code, const char *reason)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	if (p)
		agent_told_off(w, p, conn, code);
	else
		fail(w, "a page was closed that is not open");
}

static void login_done(void *arg, uint64_t request, const char *token, uint32_t max_age)
{
	struct world *w = arg;

	agent_logged_in(w, &w->people[request - 1], token);
}

/* --- store --- */

static int call_event(void *arg, const struct store_call_event *ev)
{
	return record_event(arg, ev);
}

static int add_session(void *arg, const struct store_session *s)
{
	return 0;
}

static int drop_session(void *arg, const uint8_t hash[STORE_HASH_SIZE])
{
	return 0;
}

static int use_link(
	void *arg, const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms, uint64_t request)
{
	later(arg, 5, W_LINK_USED, request);
	return 0;
}

static bool is_well(void *arg)
{
	return !((struct world *)arg)->is_ill;
}

struct app_ports world_ports(struct world *w)
{
	return (struct app_ports){
		.arg = w,
		.now_us = now_us,
		.wall_ms = wall_ms,
		.random = random_bytes,
		.sip_answer = sip_answer,
		.sip_reject = sip_reject,
		.sip_hangup = sip_hangup,
		.relay_send = relay_send,
		.desk_view = desk_view,
		.caller_view = caller_view,
		.line_answer = line_answer,
		.line_stats = line_stats,
		.page_error = page_error,
		.page_close = page_close,
		.login_done = login_done,
		.store_call_event = call_event,
		.store_add_session = add_session,
		.store_drop_session = drop_session,
		.store_use_link = use_link,
		.store_is_well = is_well,
	};
}
