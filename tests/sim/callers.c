/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* callers -- who calls, by SIP or from the page, and what they do meanwhile.  Part of world. */
#include <string.h>

#include "inner.h"

#define OFFER_HEAD                                                                  \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define NO_CODEC                                                                    \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 9\r\n"

static const char offer[] = OFFER_HEAD;
static const char hold[] = OFFER_HEAD "a=sendonly\r\n";
static const char no_codec[] = NO_CODEC;

void caller_over(struct world *w, struct caller *c)
{
	if (c->n_ended++ > 0)
		fail(w, "a call was ended twice");
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

static void arrive_by_page(struct world *w, struct caller *c)
{
	c->conn = ++w->next_conn;
	map_put(&w->callers_by_conn, c->conn, c);
	app_page_opened(w->app, c->conn, 0);
	page_says(w, c, DESK_HELLO);
	page_says(w, c, DESK_CALL);
}

static void arrive_by_sip(struct world *w, struct caller *c)
{
	c->is_late_offer = trouble(w, T_LATE_OFFER);
	app_sip_invite(w->app,
		&(struct trunk_invite){ .dialog = c->id,
			.called = chance(w, 2) ? "10" : "20",
			.caller = "0790000000",
			.sdp = c->is_late_offer ? NULL : offer,
			.sdp_len = c->is_late_offer ? 0 : strlen(offer) });
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
	w->caller = c;
	if (trouble(w, T_WEB_CALLER))
		arrive_by_page(w, c);
	else
		arrive_by_sip(w, c);
	w->caller = NULL;
	if (c->leg && (w->is_ill || w->is_stopped))
		fail(w, "a call was taken that cannot be recorded");
}

void caller_acks(struct world *w, struct caller *c)
{
	bool is_bad;

	if (c->is_told)
		return;
	is_bad = c->is_late_offer && trouble(w, T_BAD_ACK);
	if (!c->is_late_offer)
		app_sip_acked(w->app, c->id, NULL, 0);
	else if (is_bad)
		app_sip_acked(w->app, c->id, no_codec, strlen(no_codec));
	else
		app_sip_acked(w->app, c->id, offer, strlen(offer));
	if (is_bad && !c->is_over)
		fail(w, "a caller without our codec was kept");
	if (!c->is_over && chance(w, 10000) < w->cfg.chance[T_HOLD])
		later(w, exponential_ms(w, 15000), W_HOLD, c->id);
}

void caller_told(struct world *w, struct caller *c)
{
	c->is_told = true;
	app_sip_ended(w->app, c->id, "hung_up");
}

static void page_leaves(struct world *w, struct caller *c)
{
	if (!trouble(w, T_PAGE_CLOSED)) {
		page_says(w, c, DESK_HANGUP);
		if (!c->is_over)
			fail(w, "a page hung up and was not told that it is over");
		later(w, 100, W_PAGE_CLOSED, c->conn);
		return;
	}
	map_drop(&w->callers_by_conn, c->conn);
	caller_over(w, c);
	app_page_closed(w->app, c->conn);
}

void caller_hangs_up(struct world *w, struct caller *c)
{
	if (c->is_over)
		return;
	if (c->conn) {
		page_leaves(w, c);
		return;
	}
	c->is_told = true;
	caller_over(w, c);
	app_sip_ended(w->app, c->id, "caller_hung_up");
}

/* --- hold --- */

static void reoffer(struct world *w, struct caller *c, const char *sdp)
{
	c->is_reoffering = true;
	app_sip_reoffer(w->app, c->id, sdp, strlen(sdp));
	if (c->is_reoffering && !c->is_over)
		fail(w, "a re-INVITE was neither answered nor refused");
	c->is_reoffering = false;
}

static void back_from_hold(struct world *w, struct caller *c, struct leg *leg)
{
	if (trouble(w, T_MUTE_AFTER_HOLD)) {
		if (leg && leg->is_silent)
			leg->quiet_us = w->now_us;
		return;
	}
	if (leg && leg->is_silent)
		leg->quiet_us = w->now_us;
	leg_event(w, 100, c->leg, leg && !leg->is_up ? RP_EV_UP : RP_EV_HEARD);
}

/* A telephone on hold sends nothing; that is no silence, for it said so. */
void caller_holds(struct world *w, struct caller *c)
{
	struct leg *leg = map_find(&w->legs, c->leg);

	if (c->is_told || c->is_over)
		return;
	if (trouble(w, T_BAD_REOFFER)) {
		c->is_bad_reoffer = true;
		reoffer(w, c, no_codec);
		c->is_bad_reoffer = false;
	}
	c->is_held = !c->is_held;
	reoffer(w, c, c->is_held ? hold : offer);
	if (c->is_over)
		return;
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
			leg->caller->is_held)
			continue;
		if (trouble(w, T_CALLER_SILENT))
			pause_of(w, leg, true);
		else if (trouble(w, T_CALLER_MUTE))
			pause_of(w, leg, false);
		else if (trouble(w, T_CALLER_DOWN))
			leg_event(w, 0, leg->id, RP_EV_DOWN);
	}
}
