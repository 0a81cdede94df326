/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* callers -- who calls, by SIP or from the page, and what they do meanwhile.  Part of world. */
#include <stdio.h>
#include <string.h>

#include "inner.h"

#define SDP_MAX  400
#define BYES_MAX 10 /* RFC 3261 section 17.1.2.1: from T1 on, doubling to T2, for 64*T1 */
#define TIMER_T1 500
#define TIMER_T2 4000

enum codec { OUR_CODEC, NO_CODEC };

/* Each telephone has an address of its own, by which its leg is known. */
static void describe(const struct caller *c, enum codec codec, char out[SDP_MAX])
{
	(void)snprintf(out, SDP_MAX,
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 10.%u.%u.%u\r\n"
		"t=0 0\r\nm=audio 4000 RTP/AVP %s\r\n%s%s",
		(unsigned)(c->id >> 16 & 255), (unsigned)(c->id >> 8 & 255),
		(unsigned)(c->id & 255), codec == OUR_CODEC ? "8 101" : "18",
		codec == OUR_CODEC ? "a=rtpmap:101 telephone-event/8000\r\n" : "",
		c->is_held ? "a=sendonly\r\n" : "");
}

struct caller *caller_at(struct world *w, const char *addr)
{
	unsigned a, b, c;
	size_t id;

	if (sscanf(addr, "10.%u.%u.%u", &a, &b, &c) != 3)
		return NULL;
	id = (size_t)a << 16 | b << 8 | c;
	return id > 0 && id <= w->n_arrived ? &w->callers[id - 1] : NULL;
}

void caller_over(struct world *w, struct caller *c)
{
	if (!c->is_over)
		w->n_over++;
	c->is_over = true;
}

static void page_says(struct world *w, struct caller *c, enum desk_msg_type type)
{
	struct desk_msg m = { .type = type, .protocol = DESK_PROTOCOL };

	if (type == DESK_CALL)
		m.sdp = world_line_offer;
	app_page_message(w->app, c->conn, &m);
}

static void call_from_page(struct world *w, struct caller *c)
{
	if (!w->app) {
		w->report->refused++;
		caller_over(w, c);
		return;
	}
	c->conn = ++w->next_conn;
	map_put(&w->callers_by_conn, c->conn, c);
	app_page_opened(w->app, c->conn, 0, 0);
	page_says(w, c, DESK_HELLO);
	page_says(w, c, DESK_CALL);
}

/* The dialog's state, told before anything rests on it. */
static void change(struct world *w, struct caller *c)
{
	c->version++;
	app_sip_changed(w->app, c->dialog, &c->version, sizeof c->version);
	if (!w->is_dying)
		c->kept_version = c->version;
}

static void invite(struct world *w, struct caller *c)
{
	char sdp[SDP_MAX];

	c->dialog = c->id | (uint64_t)++c->n_invites << 32;
	c->in_trunk = true;
	c->invite_life = w->life;
	c->told_life = c->hangup_life = 0;
	c->leg = 0;
	c->version = c->kept_version = 1;
	c->is_late_offer = trouble(w, T_LATE_OFFER);
	describe(c, OUR_CODEC, sdp);
	app_sip_invite(w->app,
		&(struct trunk_invite){ .dialog = c->dialog,
			.called = chance(w, 2) ? "10" : "20",
			.caller = "0790000000",
			.sdp = c->is_late_offer ? NULL : sdp,
			.sdp_len = c->is_late_offer ? 0 : strlen(sdp),
			.state = &c->version,
			.state_len = sizeof c->version });
}

/* Until somebody answers it is repeated. */
void caller_invites(struct world *w, struct caller *c)
{
	if (c->is_over || c->is_answered || c->invite_life == w->life)
		return;
	if (!w->app && !c->is_web) {
		later(w, TIMER_T1 + (int64_t)chance(w, TIMER_T2), W_CALL_AGAIN, c->id);
		return;
	}
	w->caller = c;
	c->asked = ++w->n_asked;
	if (c->is_web)
		call_from_page(w, c);
	else
		invite(w, c);
	w->caller = NULL;
	if (c->leg && (w->is_ill || w->is_stopped))
		fail(w, "a call was taken that cannot be recorded");
}

void arrive(struct world *w)
{
	struct caller *c = &w->callers[w->n_arrived++];
	int64_t stays = exponential_ms(w, w->cfg.mean_patience_ms);

	c->id = w->n_arrived;
	w->report->arrived++;
	if (w->n_arrived < w->cfg.n_calls)
		later(w, exponential_ms(w, w->cfg.mean_gap_ms), W_ARRIVE, 0);
	/* at any moment: also before the answer, while it rings, in the talk */
	later(w, chance(w, 1000) < 30 ? 0 : stays, W_CALLER_HANGS_UP, c->id);
	c->is_web = trouble(w, T_WEB_CALLER);
	caller_invites(w, c);
}

void caller_acks(struct world *w, struct caller *c)
{
	char sdp[SDP_MAX];
	bool is_bad;

	if (c->is_over)
		return;
	is_bad = c->is_late_offer && trouble(w, T_BAD_ACK);
	describe(c, is_bad ? NO_CODEC : OUR_CODEC, sdp);
	if (c->is_late_offer)
		app_sip_acked(w->app, c->dialog, sdp, strlen(sdp));
	else
		app_sip_acked(w->app, c->dialog, NULL, 0);
	if (is_bad && !c->is_over)
		fail(w, "a caller without our codec was kept");
	if (!c->is_over && chance(w, 10000) < w->cfg.chance[T_HOLD])
		later(w, exponential_ms(w, 15000), W_HOLD, c->id);
}

/* The trunk's last word after we hung up or refused. */
void caller_told(struct world *w, struct caller *c)
{
	c->told_life = w->life;
	app_sip_ended(w->app, c->dialog, "hung_up");
}

/* --- the caller ends it --- */

static void page_leaves(struct world *w, struct caller *c)
{
	if (!c->conn) { /* its page lost the centre: the browser just goes */
		leg_event(w, 0, c->leg, RP_EV_DOWN);
		caller_over(w, c);
		return;
	}
	if (!trouble(w, T_PAGE_CLOSED)) {
		page_says(w, c, DESK_HANGUP);
		if (!c->is_over && !w->is_dying)
			fail(w, "a page hung up and was not told that it is over");
		caller_over(w, c);
		later(w, 100, W_PAGE_CLOSED, c->conn);
		return;
	}
	map_drop(&w->callers_by_conn, c->conn);
	caller_over(w, c);
	app_page_closed(w->app, c->conn);
	c->conn = 0;
}

void caller_hangs_up(struct world *w, struct caller *c)
{
	if (c->is_over)
		return;
	if (c->is_web) {
		page_leaves(w, c);
		return;
	}
	caller_over(w, c);
	c->is_bye = c->is_answered;
	if (c->is_bye)
		caller_says_bye(w, c);
	else if (w->app && c->in_trunk && c->invite_life == w->life) {
		c->told_life = w->life; /* CANCEL */
		app_sip_ended(w->app, c->dialog, "caller_hung_up");
	}
}

void caller_says_bye(struct world *w, struct caller *c)
{
	int64_t wait_ms = TIMER_T1 << c->n_byes;

	if (c->is_bye_answered || c->n_byes++ == BYES_MAX)
		return;
	later(w, wait_ms < TIMER_T2 ? wait_ms : TIMER_T2, W_BYE, c->id);
	if (!w->app || c->told_life == w->life)
		return; /* nobody is there, or the trunk waits until it may answer */
	if (!c->in_trunk || c->hangup_life == w->life) {
		c->is_bye_answered = true; /* 481, or 200 to what crosses ours */
		return;
	}
	c->told_life = w->life;
	later(w, 1000, W_BYE_ANSWERED, c->id);
	app_sip_ended(w->app, c->dialog, "caller_hung_up");
}

/* --- hold, and our own re-INVITE --- */

/* false: the process died before it said anything. */
static bool reoffer(struct world *w, struct caller *c, enum codec codec)
{
	char sdp[SDP_MAX];
	bool is_settled;

	describe(c, codec, sdp);
	change(w, c);
	c->is_reoffering = true;
	c->is_bad_reoffer = codec == NO_CODEC;
	app_sip_reoffer(w->app, c->dialog, sdp, strlen(sdp));
	if (c->is_reoffering && !c->is_over)
		fail(w, "a re-INVITE was neither answered nor refused");
	is_settled = !c->is_reoffering;
	c->is_reoffering = c->is_bad_reoffer = false;
	return is_settled;
}

static void back_from_hold(struct world *w, struct caller *c, struct leg *leg)
{
	if (leg && leg->is_silent)
		leg->quiet_us = w->now_us;
	if (trouble(w, T_MUTE_AFTER_HOLD))
		return;
	leg_event(w, 100, c->leg, leg && !leg->is_up ? RP_EV_UP : RP_EV_HEARD);
}

/* It cannot be said just now: no control, or a re-INVITE of ours is under way. */
static bool must_wait(struct world *w, struct caller *c)
{
	if (w->app && !c->n_reinvited)
		return false;
	later(w, 1000 + (int64_t)chance(w, 2000), W_HOLD, c->id);
	return true;
}

/* A telephone on hold sends nothing; that is no silence, for it said so. */
void caller_holds(struct world *w, struct caller *c)
{
	struct leg *leg = map_find(&w->legs, c->leg);
	bool is_settled;

	if (c->is_over || must_wait(w, c))
		return;
	if (!c->in_trunk) { /* 481 */
		caller_over(w, c);
		return;
	}
	if (trouble(w, T_BAD_REOFFER))
		(void)reoffer(w, c, NO_CODEC);
	c->is_held = !c->is_held;
	is_settled = reoffer(w, c, OUR_CODEC);
	if (c->is_over)
		return;
	if (!is_settled) {
		c->is_held = !c->is_held; /* unanswered, so it is said again */
		later(w, 2000, W_HOLD, c->id);
		return;
	}
	if (!c->is_held) {
		back_from_hold(w, c, leg);
		return;
	}
	w->report->troubles[T_HOLD]++;
	if (leg)
		leg->quiet_us = 0;
	leg_event(w, 1000, c->leg, RP_EV_SILENT);
	later(w, exponential_ms(w, 20000), W_HOLD, c->id);
}

/* 481: it lost the dialog, or never had one, for our answer died with its process. That and 408 end it. */
static void refuse_move(struct world *w, struct caller *c, uint16_t status)
{
	bool is_end = status == 481 || status == 408;

	if (is_end && c->is_answered)
		caller_over(w, c);
	app_sip_reinvited(w->app, c->dialog, status, NULL, 0);
	if (is_end && c->told_life != w->life)
		app_sip_ended(w->app, c->dialog, "failed");
	if (c->is_answered && !c->is_over && c->leg == c->moved_leg && !c->n_reinvited)
		fail(w, "a call goes on that could not be moved");
}

void caller_reinvited(struct world *w, struct caller *c)
{
	struct leg *leg = map_find(&w->legs, c->leg);
	char sdp[SDP_MAX];

	if (--c->n_reinvited > 0) /* the next one waited for this one's end */
		later(w, 50, W_REINVITED, c->id);
	if (c->is_over)
		return;
	if (trouble(w, T_MOVE_REFUSED)) {
		refuse_move(w, c, 488);
		return;
	}
	if (!c->is_answered || trouble(w, T_MOVE_UNKNOWN)) {
		refuse_move(w, c, 481);
		return;
	}
	w->report->troubles[T_MOVED]++;
	change(w, c);
	describe(c, OUR_CODEC, sdp);
	app_sip_reinvited(w->app, c->dialog, 200, sdp, strlen(sdp));
	if (leg && leg->quiet_us)
		leg->quiet_us = w->now_us;
	if (!c->is_held)
		leg_event(w, 60, c->leg, RP_EV_UP);
}

/* The trunk gives up, as RFC 3261 section 12.2.1.2 has it: the far side is dead. */
void caller_no_answer(struct world *w, struct caller *c)
{
	c->n_reinvited = 0;
	if (c->is_over)
		return;
	refuse_move(w, c, 408);
}

/* --- control died --- */

static void alone(struct world *w, struct caller *c)
{
	c->in_trunk = false;
	if (c->n_reinvited >
		0) /* its answer finds nobody; the media has moved all the same */
		leg_event(w, 100, c->leg, RP_EV_UP);
	c->n_reinvited = 0;
	c->is_reoffering = false;
	if (c->conn) {
		map_drop(&w->callers_by_conn, c->conn);
		c->conn = 0;
	}
	if (c->is_over)
		return;
	if (c->is_web && !c->leg)
		caller_over(w, c);
	else if (!c->is_web && !c->is_answered && chance(w, 2))
		later(w, 1000 + (int64_t)chance(w, 5000), W_CALL_AGAIN, c->id);
}

void callers_alone(struct world *w)
{
	for (size_t i = 0; i < w->n_arrived; i++)
		alone(w, &w->callers[i]);
}

/* --- faults --- */

static void pause_of(struct world *w, struct leg *leg, bool comes_back)
{
	leg_event(w, 0, leg->id, RP_EV_SILENT);
	if (comes_back)
		leg_event(w, 1500, leg->id, RP_EV_HEARD);
}

void caller_faults(struct world *w)
{
	for (size_t i = 0; i < LEGS_MAX; i++) {
		struct leg *leg = &w->leg_store[i];

		if (!leg->id || !leg->caller || !leg->is_up || leg->is_silent ||
			leg->caller->is_held || leg->caller->is_over)
			continue;
		if (trouble(w, T_CALLER_SILENT))
			pause_of(w, leg, true);
		else if (trouble(w, T_CALLER_MUTE))
			pause_of(w, leg, false);
		else if (leg->is_web && trouble(w, T_CALLER_DOWN))
			leg_event(w, 0, leg->id, RP_EV_DOWN);
	}
}
