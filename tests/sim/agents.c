/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* agents -- who answers: at their desks, on their lines, in and out of their shifts.  Part of world. */
#include <string.h>

#include "base/text.h"
#include "inner.h"

const char world_line_offer[] =
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n"
	"a=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
	"a=fingerprint:sha-256 "
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:"
	"55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";

static void act_later(struct world *w, struct person *p, int64_t in_ms)
{
	later(w, in_ms, W_AGENT_ACTS, p->id)->generation = ++p->generation;
}

static void say(struct world *w, struct person *p, enum desk_msg_type type)
{
	struct desk_msg m = { .type = type, .call = p->call, .protocol = DESK_PROTOCOL };

	if (type == DESK_LINE_OFFER)
		m.sdp = world_line_offer;
	w->person = p;
	app_page_message(w->app, p->conn, &m);
	w->person = NULL;
}

/* What an agent does next, some human time after it saw a view. */
void agent_seen(struct world *w, struct person *p, const struct desk_view *v)
{
	int64_t in_ms = 200 + exponential_ms(w, 3000);

	p->state = v->state;
	p->line_state = v->line;
	p->call = v->call;
	if (v->state == DESK_STATE_TALKING)
		in_ms = 1000 + exponential_ms(w, w->cfg.mean_talk_ms);
	if (v->state == DESK_STATE_OFFERED &&
		chance(w, 10000) < w->cfg.chance[T_OVERLOOKED])
		in_ms = 1000000;
	act_later(w, p, in_ms);
}

/* --- in and out --- */

void agent_link_used(struct world *w, struct person *p)
{
	app_link_used(w->app, p->id, 0, p->id);
}

void agent_logged_in(struct world *w, struct person *p, const char *token)
{
	if (!token || text_copy(p->token, sizeof p->token, token)) {
		fail(w, "a good link was refused");
		return;
	}
	p->has_session = true;
	act_later(w, p, 500);
}

static void open_desk(struct world *w, struct person *p)
{
	uint64_t agent = app_session(w->app, p->token);

	if (agent != p->id)
		fail(w, "a session was lost");
	p->conn = ++w->next_conn;
	map_put(&w->people_by_conn, p->conn, p);
	app_page_opened(w->app, p->conn, agent);
	say(w, p, DESK_HELLO);
}

static void second_tab(struct world *w, struct person *p)
{
	struct desk_msg m = { .type = DESK_READY, .protocol = DESK_PROTOCOL };
	uint64_t old = p->conn;
	unsigned n = w->n_no_hello;

	p->closing_conn = old;
	open_desk(w, p);
	if (p->closing_conn)
		fail(w, "a second tab took over and the first was not closed");
	p->closing_conn = 0;
	app_page_message(w->app, old, &m);
	if (w->n_no_hello != n + 1)
		fail(w, "a tab that was taken over was still listened to");
}

static void log_out(struct world *w, struct person *p)
{
	uint64_t conn = p->conn;

	p->closing_conn = conn;
	say(w, p, DESK_LOGOUT);
	if (p->closing_conn) {
		/* refused: not in a talk */
		p->closing_conn = 0;
		if (p->state != DESK_STATE_TALKING)
			fail(w, "logging out was refused outside a talk");
		return;
	}
	if (app_session(w->app, p->token))
		fail(w, "a session outlived its logout");
	map_drop(&w->people_by_conn, conn);
	p->conn = 0;
	p->has_session = false;
	act_later(w, p, 2000 + exponential_ms(w, 10000));
}

void agent_told_off(struct world *w, struct person *p, uint64_t conn, uint16_t code)
{
	bool is_logout = conn == p->conn;

	if (conn != p->closing_conn)
		fail(w, "a page was closed without a cause");
	else if (code != (is_logout ? 4001 : 4002))
		fail(w, "a page was closed with a wrong code");
	p->closing_conn = 0;
	later(w, 20, W_PAGE_CLOSED, conn);
}

void agent_page_closed(struct world *w, uint64_t conn)
{
	map_drop(&w->people_by_conn, conn);
	map_drop(&w->callers_by_conn, conn);
	app_page_closed(w->app, conn);
}

/* --- a day's work --- */

static void work(struct world *w, struct person *p)
{
	bool has_line = p->line_state == DESK_LINE_UP;

	switch (p->state) {
	case DESK_STATE_OUT:
		say(w, p, has_line ? DESK_SHIFT_START : DESK_LINE_OFFER);
		break;
	case DESK_STATE_AWAY:
	case DESK_STATE_PAUSE: say(w, p, has_line ? DESK_READY : DESK_LINE_OFFER); break;
	case DESK_STATE_READY:
		if (chance(w, 1000) < 50)
			say(w, p, DESK_PAUSE);
		break;
	case DESK_STATE_OFFERED:
		say(w, p,
			chance(w, 10000) < w->cfg.chance[T_DECLINED] ? DESK_DECLINE
								     : DESK_ACCEPT);
		break;
	case DESK_STATE_TALKING:
		check_voice(w, p);
		say(w, p, chance(w, 1000) < 50 ? DESK_PAUSE : DESK_HANGUP);
		break;
	case DESK_STATE_INTERRUPTED: break;
	case DESK_STATE_WRAPUP:
		say(w, p, chance(w, 2) ? DESK_WRAPUP_DONE : DESK_PAUSE);
		break;
	}
}

void agent_acts(struct world *w, struct person *p)
{
	if (!p->has_session) {
		app_login(w->app, p->id, "a link");
		return;
	}
	if (!p->conn)
		open_desk(w, p);
	else if (trouble(w, T_SECOND_TAB))
		second_tab(w, p);
	else if (p->state != DESK_STATE_TALKING && trouble(w, T_LOGGED_OUT))
		log_out(w, p);
	else
		work(w, p);
}

/* --- faults --- */

static void close_desk(struct world *w, struct person *p, int64_t for_ms)
{
	uint64_t conn = p->conn;

	map_drop(&w->people_by_conn, conn);
	p->conn = 0;
	app_page_closed(w->app, conn);
	act_later(w, p, for_ms);
}

static void line_fault(struct world *w, const struct person *p)
{
	const struct leg *leg = map_find(&w->legs, p->leg);

	if (!leg || !leg->is_up || leg->is_silent)
		return;
	if (trouble(w, T_LINE_SILENT)) {
		leg_event(w, 0, leg->id, RP_EV_SILENT);
		leg_event(w, 1500, leg->id, RP_EV_HEARD);
	} else if (trouble(w, T_LINE_DOWN)) {
		leg_event(w, 0, leg->id, RP_EV_SILENT);
		leg_event(w, 1500, leg->id, RP_EV_DOWN);
	}
}

void agent_faults(struct world *w)
{
	for (size_t i = 0; i < w->cfg.n_agents; i++) {
		struct person *p = &w->people[i];

		line_fault(w, p);
		if (!p->conn)
			continue;
		if (trouble(w, T_DESK_CLOSED))
			close_desk(w, p, 500 + exponential_ms(w, 3000));
		else if (trouble(w, T_DESK_GONE))
			close_desk(w, p, DESK_GONE_MS + exponential_ms(w, 20000));
	}
}

/* Nobody is ready whom no desk shows a call. */
void check_agents(struct world *w)
{
	for (size_t i = 0; i < w->cfg.n_agents; i++) {
		struct acd_agent_info info;

		if (w->people[i].conn ||
			!acd_agent(app_acd(w->app), w->people[i].id, &info))
			continue;
		if (info.state == ACD_AGENT_READY || info.state == ACD_AGENT_OFFERED)
			fail(w, "an agent is ready without a desk");
	}
}
