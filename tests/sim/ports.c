/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ports -- the centre's world, as app/ports.h wants it: what it asks for becomes what happens next. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "inner.h"

#define REINVITE_ANSWER_MS 500
#define TIMER_B_MS         32000 /* RFC 3261 section 17.1.1.2: 64*T1 */

static int64_t now_us(void *arg)
{
	return ((struct world *)arg)->now_us;
}

static int64_t wall_ms(void *arg)
{
	const struct world *w = arg;

	return 1800000000000 + w->wall_offset_ms + w->now_us / 1000;
}

static void civil(void *arg, struct hours_moment *out)
{
	time_t t = (time_t)(wall_ms(arg) / 1000);
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	*out = (struct hours_moment){ .date = { (uint16_t)(tm.tm_year + 1900),
					      (uint8_t)(tm.tm_mon + 1),
					      (uint8_t)tm.tm_mday },
		.weekday = (uint8_t)((tm.tm_wday + 6) % 7),
		.minute = (uint16_t)(tm.tm_hour * 60 + tm.tm_min) };
}

static void random_bytes(void *arg, void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)chance(arg, 256);
}

/* --- sip --- */

struct caller *caller_of(struct world *w, uint64_t dialog)
{
	return &w->callers[(dialog & UINT32_MAX) - 1];
}

/* NULL: the trunk does not know the dialog, or the process died before it said so. */
static struct caller *caller_in(struct world *w, uint64_t dialog)
{
	struct caller *c = caller_of(w, dialog);

	return !control_is_dead(w) && c->in_trunk && c->dialog == dialog ? c : NULL;
}

/* Does the description name where the caller's leg really is? */
static void check_sdp(struct world *w, const struct caller *c, const char *sdp)
{
	const struct leg *leg = map_find(&w->legs, c->leg);
	char line[64];

	if (!leg)
		return; /* it died this moment */
	(void)snprintf(line, sizeof line, "m=audio %u RTP/AVP", (unsigned)leg->port);
	if (!strstr(sdp, line) || !strstr(sdp, "c=IN IP4 127.0.0.1"))
		fail(w, "a description does not name the caller's leg");
}

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	struct world *w = arg;
	struct caller *c = caller_in(w, dialog);

	if (!c)
		return;
	check_sdp(w, c, sdp);
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
	later(w, 30, W_ACK, c->id);
	if (!trouble(w, T_NEVER_HEARD))
		leg_event(w, 60, c->leg, RP_EV_UP);
}

static void sip_reject(void *arg, uint64_t dialog, uint16_t status, uint32_t retry)
{
	struct world *w = arg;
	struct caller *c = caller_in(w, dialog);

	if (!c)
		return;
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
	later(w, 5, W_SIP_ENDED, c->id);
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	struct world *w = arg;
	struct caller *c = caller_in(w, dialog);

	if (!c)
		return;
	if (c->hangup_life == w->life)
		fail(w, "a dialog was hung up twice");
	if (c->told_life == w->life)
		fail(w, "a dialog was hung up whose end had been told");
	c->hangup_life = w->life;
	/* its INVITE went with a former process: there is nothing to end */
	if (c->is_answered || c->invite_life == w->life)
		caller_over(w, c);
	later(w, 20, W_SIP_ENDED, c->id);
}

static void sip_reinvite(void *arg, uint64_t dialog, const char *sdp)
{
	struct world *w = arg;
	struct caller *c = caller_in(w, dialog);
	const struct leg *leg;

	if (!c)
		return;
	leg = map_find(&w->legs, c->leg);
	check_sdp(w, c, sdp);
	c->moved_leg = c->leg;
	if (leg && trouble(w, T_RELAY_GONE_AGAIN))
		later(w, (int64_t)chance(w, 2 * REINVITE_ANSWER_MS), W_RELAY_DIES,
			leg->relay + 1);
	if (c->n_reinvited++ > 0)
		return; /* RFC 3261 section 14.1: it waits for the end of the one before */
	if (trouble(w, T_MOVE_UNANSWERED))
		later(w, TIMER_B_MS, W_NO_ANSWER, c->id);
	else
		later(w, 20 + (int64_t)chance(w, REINVITE_ANSWER_MS), W_REINVITED, c->id);
}

static void sip_release(void *arg, uint64_t dialog)
{
	struct world *w = arg;
	struct caller *c = caller_in(w, dialog);

	if (!c)
		return;
	if (!c->record || (!c->record->has_end && !c->record->is_spoilt))
		fail(w, "a BYE was answered before the call's end was on disk");
	c->is_bye_answered = true;
}

static int relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	return control_is_dead(arg) ? 0 : relay_command(arg, relay, m, type, leg);
}

/* --- web --- */

static void desk_view(void *arg, uint64_t conn, const struct desk_view *v)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	if (control_is_dead(w))
		return;
	if (p && p->conn == conn)
		agent_view(w, p, v);
	else if (!p || p->cut_conn != conn)
		fail(w, "a view was sent to a page that is not open");
}

static void caller_view(void *arg, uint64_t conn, const struct desk_caller_view *v)
{
	struct world *w = arg;
	struct caller *c = map_find(&w->callers_by_conn, conn);

	if (control_is_dead(w))
		return;
	if (!c) {
		fail(w, "a caller's view was sent to a page that is not open");
		return;
	}
	if (c->is_over)
		fail(w,
			v->state == DESK_CALL_ENDED
				? "a call was ended twice"
				: "a call that is over goes on for its page");
	if (v->state != DESK_CALL_ENDED)
		return;
	if (!c->leg)
		w->report->refused++;
	caller_over(w, c);
	later(w, 500, W_PAGE_CLOSED, conn);
}

/* The browser connects to what the answer names. */
static void connect(struct world *w, uint64_t leg, bool fails)
{
	leg_event(w, 200, leg, fails ? RP_EV_DOWN : RP_EV_UP);
}

static void line_answer(void *arg, uint64_t conn, const struct desk_line_answer *a)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);
	const struct caller *c = map_find(&w->callers_by_conn, conn);

	if (control_is_dead(w))
		return;
	if (!strstr(a->sdp, "a=fingerprint:sha-256"))
		fail(w, "an answer to a browser without a fingerprint");
	if (p && p->conn == conn) {
		p->answered_leg = p->leg;
		connect(w, p->leg, trouble(w, T_LINE_FAILED));
	} else if (c && !trouble(w, T_NEVER_HEARD)) {
		connect(w, c->leg, false);
	}
}

static void turn(void *arg, uint64_t conn, const struct desk_turn *t)
{
	fail(arg, "no house here has a TURN server");
}

static void line_stats(void *arg, uint64_t conn, const struct desk_line_stats *s)
{
	fail(arg, "nobody asks for figures here");
}

static void page_error(void *arg, uint64_t conn, const char *code, const char *ref)
{
	struct world *w = arg;
	struct person *p = map_find(&w->people_by_conn, conn);

	if (control_is_dead(w))
		return;
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

	if (control_is_dead(w))
		return;
	if (p)
		agent_told_off(w, p, conn, code);
	else
		fail(w, "a page was closed that is not open");
}

static void login_done(void *arg, uint64_t request, const char *token, uint32_t max_age)
{
	struct world *w = arg;

	if (!control_is_dead(w))
		agent_logged_in(w, &w->people[request - 1], token);
}

/* --- store --- */

static int call_event(void *arg, const struct store_call_event *ev)
{
	return control_is_dead(arg) ? 0 : record_event(arg, ev);
}

static int add_session(void *arg, const struct store_session *s)
{
	struct world *w = arg;

	if (!control_is_dead(w))
		w->people[s->agent - 1].session = *s;
	return 0;
}

static int drop_session(void *arg, const uint8_t hash[STORE_HASH_SIZE])
{
	struct world *w = arg;

	for (size_t i = 0; i < w->cfg.n_agents && !control_is_dead(w); i++)
		if (memcmp(w->people[i].session.hash, hash, STORE_HASH_SIZE) == 0)
			w->people[i].session.agent = 0;
	return 0;
}

static int use_link(
	void *arg, const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms, uint64_t request)
{
	if (!control_is_dead(arg))
		later(arg, 5, W_LINK_USED, request);
	return 0;
}

static void marks(void *arg, struct store_marks *out)
{
	*out = ((const struct world *)arg)->marks;
}

static bool is_well(void *arg)
{
	return !((const struct world *)arg)->is_ill;
}

struct app_ports world_ports(struct world *w)
{
	struct app_ports ports = {
		.arg = w,
		.now_us = now_us,
		.wall_ms = wall_ms,
		.civil = civil,
		.random = random_bytes,
		.sip_answer = sip_answer,
		.sip_reject = sip_reject,
		.sip_hangup = sip_hangup,
		.sip_reinvite = sip_reinvite,
		.sip_release = sip_release,
		.relay_send = relay_send,
		.desk_view = desk_view,
		.caller_view = caller_view,
		.line_answer = line_answer,
		.turn = turn,
		.line_stats = line_stats,
		.page_error = page_error,
		.page_close = page_close,
		.login_done = login_done,
		.store_call_event = call_event,
		.store_add_session = add_session,
		.store_drop_session = drop_session,
		.store_use_link = use_link,
		.store_marks = marks,
		.store_is_well = is_well,
	};

	tape_ports(&ports);
	return ports;
}
