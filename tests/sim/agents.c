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

/* --- words and views --- */

static bool has_line(const struct world *w, const struct person *p)
{
	return p->answered_leg && p->answered_leg == p->leg && map_find(&w->legs, p->leg);
}

static void say(struct world *w, struct person *p, enum desk_msg_type type, uint64_t call)
{
	struct desk_msg m = {
		.type = type,
		.call = call,
		.protocol = DESK_PROTOCOL,
		.has_line = has_line(w, p),
	};

	if (type == DESK_LINE_OFFER)
		m.sdp = world_line_offer;
	if (type == DESK_SHIFT_END)
		m.on = chance(w, 2);
	if (type == DESK_TRANSFER && chance(w, 2))
		m.to_agent = 1 + chance(w, w->cfg.n_agents);
	else if (type == DESK_TRANSFER)
		m.to_queue = 1 + chance(w, QUEUES);
	w->person = p;
	app_page_message(w->app, p->conn, &m);
	w->person = NULL;
}

/* Not before what was said before it. */
static void say_late(struct world *w, struct person *p, enum desk_msg_type type)
{
	int64_t at_us = w->now_us + 1000 * (int64_t)chance(w, 2000);
	struct event *e = later(w, 0, W_WORD, p->id);

	e->page = (struct page_word){ .conn = p->conn, .call = p->call, .type = type };
	p->last_word_us = at_us > p->last_word_us ? at_us : p->last_word_us;
	move_event(w, e, p->last_word_us);
}

void agent_word(struct world *w, const struct event *e)
{
	struct person *p = &w->people[e->id - 1];

	if (p->conn == e->page.conn && p->conn)
		say(w, p, e->page.type, e->page.call);
}

/* The last word is lost with its connection; the page notices at once, the centre by its ping. */
static void cut(struct world *w, struct person *p)
{
	if (p->cut_conn) { /* one is enough at a time */
		act_later(w, p, 1000);
		return;
	}
	p->cut_conn = p->conn;
	p->conn = 0;
	later(w, (int64_t)chance(w, 25000), W_PAGE_CLOSED, p->cut_conn);
	act_later(w, p, 300 + exponential_ms(w, 1500));
}

static void press(struct world *w, struct person *p, enum desk_msg_type type)
{
	if (trouble(w, T_WORD_LOST)) {
		cut(w, p);
		return;
	}
	if (p->last_word_us > w->now_us || trouble(w, T_WORD_LATE)) {
		say_late(w, p, type);
		return;
	}
	if (trouble(w, T_WORD_TWICE))
		say_late(w, p, type);
	say(w, p, type, p->call);
}

/* What an agent does next, some human time after it saw a view. */
static void seen(struct world *w, struct person *p, const struct page_word *v)
{
	int64_t in_ms = 200 + exponential_ms(w, 3000);

	p->state = v->state;
	p->line_state = v->line;
	p->call = v->call;
	p->must_declare = v->must_declare;
	if (v->state == DESK_STATE_TALKING)
		in_ms = 1000 + exponential_ms(w, w->cfg.mean_talk_ms);
	if (v->state == DESK_STATE_OFFERED &&
		chance(w, 10000) < w->cfg.chance[T_OVERLOOKED])
		in_ms = 1000000;
	act_later(w, p, in_ms);
}

void agent_view(struct world *w, struct person *p, const struct desk_view *v)
{
	struct page_word word = { .conn = p->conn,
		.call = v->call,
		.state = v->state,
		.line = v->line,
		.must_declare = v->at_home && v->home.missing };
	int64_t at_us = w->now_us;
	struct event *e;

	if (v->line == DESK_LINE_UP && p->answered_leg != p->leg &&
		map_find(&w->legs, p->leg))
		fail(w, "a page is shown a line that it does not hold");
	if (trouble(w, T_VIEW_LATE))
		at_us += 1000 * (int64_t)chance(w, 2000);
	if (at_us < p->last_view_us)
		at_us = p->last_view_us;
	if (at_us == w->now_us && p->last_view_us < at_us) {
		seen(w, p, &word);
		return;
	}
	p->last_view_us = at_us;
	e = later(w, 0, W_VIEW, p->id);
	e->page = word;
	move_event(w, e, at_us);
}

void agent_seen(struct world *w, const struct event *e)
{
	struct person *p = &w->people[e->id - 1];

	if (p->conn == e->page.conn && p->conn)
		seen(w, p, &e->page);
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

	/* its process died in the middle of logging out, or of giving it another token */
	if (!agent && (!p->session.agent || p->is_token_lost)) {
		p->is_token_lost = false;
		p->has_session = false;
		act_later(w, p, 1000);
		return;
	}
	if (agent != p->id)
		fail(w, "a session was lost");
	p->conn = ++w->next_conn;
	p->last_word_us = p->last_view_us = 0;
	map_put(&w->people_by_conn, p->conn, p);
	/* somebody who works at home proves once more who it is */
	if (p->session.factors < 2)
		(void)app_session_raise(
			w->app, app_session_number(w->app, p->token), p->token);
	p->is_token_lost = p->is_token_lost || control_is_dead(w);
	app_page_opened(w->app, p->conn, agent, app_session_number(w->app, p->token));
	say(w, p, DESK_HELLO, 0);
}

static void second_tab(struct world *w, struct person *p)
{
	struct desk_msg m = { .type = DESK_READY, .protocol = DESK_PROTOCOL };
	uint64_t old = p->conn;
	unsigned n = w->n_no_hello;

	p->closing_conn = old;
	p->answered_leg = 0; /* that is the other tab's */
	open_desk(w, p);
	if (p->closing_conn)
		fail(w, "a second tab took over and the first was not closed");
	p->closing_conn = 0;
	app_page_message(w->app, old, &m);
	if (w->n_no_hello != n + 1)
		fail(w, "a tab that was taken over was still listened to");
}

static bool is_in_talk(const struct world *w, const struct person *p)
{
	struct acd_agent_info info;

	return acd_agent(app_acd(w->app), p->id, &info) &&
		(info.state == ACD_AGENT_TALKING || info.state == ACD_AGENT_INTERRUPTED ||
			info.state == ACD_AGENT_HOLDING);
}

static void log_out(struct world *w, struct person *p)
{
	uint64_t conn = p->conn;

	p->closing_conn = conn;
	say(w, p, DESK_LOGOUT, 0);
	if (p->closing_conn) {
		/* refused: not in a talk */
		p->closing_conn = 0;
		if (!is_in_talk(w, p))
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

	if (conn == p->cut_conn) {
		if (code != 4002)
			fail(w, "a dead page was closed with a wrong code");
		return;
	}
	if (conn != p->closing_conn)
		fail(w, "a page was closed without a cause");
	else if (code != (is_logout ? 4001 : 4002))
		fail(w, "a page was closed with a wrong code");
	p->closing_conn = 0;
	later(w, 20, W_PAGE_CLOSED, conn);
}

void agent_page_closed(struct world *w, uint64_t conn)
{
	struct person *p = map_drop(&w->people_by_conn, conn);

	map_drop(&w->callers_by_conn, conn);
	if (p && p->cut_conn == conn)
		p->cut_conn = 0;
	app_page_closed(w->app, conn);
}

/* --- a day's work --- */

/* Silent may be heard again; what is lost is made anew. */
static void mend_line(struct world *w, struct person *p)
{
	if (p->line_state == DESK_LINE_SILENT && chance(w, 2))
		act_later(w, p, 1000);
	else
		press(w, p, DESK_LINE_OFFER);
}

static void interrupted(struct world *w, struct person *p)
{
	if (chance(w, 1000) < 80)
		press(w, p,
			chance(w, 3)           ? DESK_HOLD
				: chance(w, 2) ? DESK_HANGUP
					       : DESK_PAUSE);
	else if (p->line_state == DESK_LINE_CONNECTING || p->line_state == DESK_LINE_UP)
		act_later(w, p, 1000);
	else
		mend_line(w, p);
}

/* Back, handed over, handed on, hung up; or nobody comes back at all. */
static void on_hold(struct world *w, struct person *p)
{
	static const enum desk_msg_type ends[] = { DESK_HAND_OVER, DESK_HAND_OVER,
		DESK_TRANSFER, DESK_HANGUP, DESK_PAUSE, DESK_RESUME };

	if (trouble(w, T_HELD_TOO_LONG))
		act_later(w, p, HOLD_MS);
	else if (chance(w, 3) == 0)
		press(w, p, ends[chance(w, sizeof ends / sizeof *ends)]);
	else if (p->line_state == DESK_LINE_UP)
		press(w, p, DESK_RESUME);
	else if (p->line_state == DESK_LINE_CONNECTING)
		act_later(w, p, 1000);
	else
		mend_line(w, p);
}

static enum desk_msg_type unless_declared(
	const struct person *p, enum desk_msg_type otherwise)
{
	return p->must_declare ? DESK_DECLARE : otherwise;
}

static void work(struct world *w, struct person *p)
{
	bool is_up = p->line_state == DESK_LINE_UP;

	switch (p->state) {
	case DESK_STATE_OUT:
		press(w, p,
			is_up ? unless_declared(p, DESK_SHIFT_START) : DESK_LINE_OFFER);
		break;
	case DESK_STATE_AWAY:
	case DESK_STATE_PAUSE:
	case DESK_STATE_WORK:
		if (is_up)
			press(w, p, unless_declared(p, DESK_READY));
		else
			mend_line(w, p);
		break;
	case DESK_STATE_READY:
		if (chance(w, 1000) < 50)
			press(w, p, chance(w, 2) ? DESK_PAUSE : DESK_WORK);
		break;
	case DESK_STATE_OFFERED:
		press(w, p,
			chance(w, 10000) < w->cfg.chance[T_DECLINED] ? DESK_DECLINE
								     : DESK_ACCEPT);
		break;
	case DESK_STATE_TALKING:
		if (chance(w, 1000) < 50)
			press(w, p, DESK_PAUSE);
		else if (trouble(w, T_ON_HOLD))
			press(w, p, chance(w, 8) ? DESK_HOLD : DESK_HAND_OVER);
		else
			press(w, p,
				trouble(w, T_TRANSFERRED)           ? DESK_TRANSFER
					: trouble(w, T_SHIFT_ENDED) ? DESK_SHIFT_END
								    : DESK_HANGUP);
		break;
	case DESK_STATE_INTERRUPTED: interrupted(w, p); break;
	case DESK_STATE_HOLD: on_hold(w, p); break;
	case DESK_STATE_WRAPUP:
		press(w, p, chance(w, 2) ? DESK_WRAPUP_DONE : DESK_PAUSE);
		break;
	}
}

void agent_acts(struct world *w, struct person *p)
{
	if (!w->app) {
		act_later(w, p, 300 + exponential_ms(w, 1000));
	} else if (!p->has_session) {
		act_later(w, p, 5000); /* should no answer come */
		app_login(w->app, p->id, "a link");
	} else if (!p->conn) {
		open_desk(w, p);
	} else if (trouble(w, T_SECOND_TAB)) {
		second_tab(w, p);
	} else if (!is_in_talk(w, p) && trouble(w, T_LOGGED_OUT)) {
		log_out(w, p);
	} else {
		work(w, p);
	}
}

/* Each page has lost its centre, and tries again until there is one. */
void agents_alone(struct world *w)
{
	for (size_t i = 0; i < w->cfg.n_agents; i++) {
		struct person *p = &w->people[i];

		map_drop(&w->people_by_conn, p->conn);
		map_drop(&w->people_by_conn, p->cut_conn);
		p->conn = p->cut_conn = p->closing_conn = 0;
		p->deaf_us = 0;
		act_later(w, p, 300 + exponential_ms(w, 1000));
	}
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

/* The page's line goes with it, which its relay only hears as silence. */
static void reload(struct world *w, struct person *p)
{
	p->answered_leg = 0;
	leg_event(w, 1000, p->leg, RP_EV_SILENT);
	leg_event(w, 30000, p->leg, RP_EV_DOWN);
	close_desk(w, p, 300 + exponential_ms(w, 1500));
}

static void line_fault(struct world *w, const struct person *p)
{
	const struct leg *leg = map_find(&w->legs, p->leg);

	if (!leg || !leg->is_up || leg->is_silent || !has_line(w, p))
		return;
	if (trouble(w, T_LINE_SILENT)) {
		leg_event(w, 0, leg->id, RP_EV_SILENT);
		leg_event(w, chance(w, 4) ? 1500 : 12000, leg->id, RP_EV_HEARD);
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
		if (!p->conn || !w->app)
			continue;
		if (trouble(w, T_DESK_CLOSED))
			close_desk(w, p, 500 + exponential_ms(w, 3000));
		else if (trouble(w, T_DESK_GONE))
			close_desk(w, p, DESK_GONE_MS + exponential_ms(w, 20000));
		else if (trouble(w, T_DESK_RELOADED))
			reload(w, p);
	}
}

/* Nobody is ready whom no desk shows a call. */
void check_agents(struct world *w)
{
	for (size_t i = 0; i < w->cfg.n_agents; i++) {
		struct acd_agent_info info;

		if (w->people[i].conn || w->people[i].cut_conn ||
			!acd_agent(app_acd(w->app), w->people[i].id, &info))
			continue;
		if (info.state == ACD_AGENT_READY || info.state == ACD_AGENT_OFFERED)
			fail(w, "an agent is ready without a desk");
	}
}
