/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * farm_agent_line -- an agent's line: offered, made, kept, and made anew when it is gone.
 *
 * A line stands while the centre says so: one that is "lost" or "none" is made anew after a pause, one that is
 * "silent" after SILENT_US, and one of an interrupted talk as soon as the centre misses it.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/text.h"
#include "tools/farm_agent_inner.h"
#include "tools/stamp.h"

#define OFFER_US   5000000 /* as desk/desk/line_machine.js */
#define CONNECT_US 10000000
#define SILENT_US  3000000
#define PAUSE_US   250000 /* before another attempt, doubled up to four times */

static void enter(struct farm_agent *a, enum agent_phase phase, const char *word)
{
	a->phase = phase;
	a->phase_us = stamp_now_us();
	farm_say("line", json_pack("{s:s, s:s}", "agent", a->name, "is", word));
}

static void fail(struct farm_agent *a, const char *word)
{
	a->tries++;
	enter(a, LINE_WAITS, word);
}

static void on_heard(void *arg, const struct rtp_packet *p, int64_t at_us)
{
	struct farm_agent *a = arg;

	if (ear_packet(&a->ear, p, at_us))
		farm_hears("agent", a->name, &a->ear);
}

static void on_ready(void *arg, uint32_t events)
{
	struct farm_agent *a = arg;

	line_client_poll(a->line);
}

void farm_agent_line_init(struct farm_agent *a)
{
	a->line_source = (struct farm_source){ on_ready, a };
}

static int send_offer(struct farm_agent *a)
{
	char sdp[LINE_CLIENT_SDP], ref[16];
	int err = line_client_offer(a->line, sdp);

	(void)text_format(ref, sizeof ref, "l%u", ++a->ref);
	return err ? err
		   : farm_agent_send(a,
			     json_pack("{s:s, s:s, s:s}", "t", "line.offer", "sdp", sdp,
				     "ref", ref));
}

static int watch(struct farm_agent *a)
{
	return farm_watch(a->farm, line_client_fd(a->line), &a->line_source, EPOLLIN);
}

static void offer(struct farm_agent *a)
{
	struct line_client *line;
	int err = line_client_new(&line);

	if (!err) {
		line_client_free(a->line);
		a->line = line;
		line_client_listen(line, on_heard, a);
		err = watch(a);
	}
	if (!err)
		err = send_offer(a);
	if (err)
		fail(a, "failed");
	else
		enter(a, LINE_OFFERING, "offered");
}

static bool is_current(const struct farm_agent *a, const char *ref)
{
	char mine[16];

	(void)text_format(mine, sizeof mine, "l%u", a->ref);
	return a->phase == LINE_OFFERING && strcmp(ref, mine) == 0;
}

void farm_agent_line_refused(struct farm_agent *a, const char *ref)
{
	if (is_current(a, ref))
		fail(a, "refused");
}

void farm_agent_line_answer(struct farm_agent *a, const char *ref, const char *sdp)
{
	if (!is_current(a, ref))
		return;
	if (line_client_answer(a->line, sdp, strlen(sdp)))
		fail(a, "failed");
	else
		enter(a, LINE_CONNECTING, "answered");
}

static bool is_missed(const struct farm_agent *a, int64_t now_us)
{
	bool silent = strcmp(a->word, "silent") == 0;

	if (strcmp(a->word, "lost") == 0 || strcmp(a->word, "none") == 0)
		return true;
	return silent &&
		(strcmp(a->state, "interrupted") == 0 ||
			now_us > a->silent_us + SILENT_US);
}

void farm_agent_line_told(struct farm_agent *a, int64_t now_us)
{
	if (strcmp(a->word, "silent") != 0)
		a->silent_us = now_us;
}

static int64_t pause_of(const struct farm_agent *a)
{
	return PAUSE_US << (a->tries < 4 ? a->tries : 4);
}

static void connecting(struct farm_agent *a, int64_t now_us)
{
	enum line_client_state s = line_client_state(a->line);

	if (s == LINE_UP) {
		a->lines++;
		a->tries = 0;
		enter(a, LINE_STANDS, "up");
	} else if (s == LINE_FAILED || now_us > a->phase_us + CONNECT_US) {
		fail(a, "failed");
	}
}

/* The centre had time to hear of a line that has just come up. */
static void standing(struct farm_agent *a, int64_t now_us)
{
	if (a->ws.state == WS_OPEN && is_missed(a, now_us) &&
		now_us > a->phase_us + PAUSE_US)
		fail(a, "gone");
}

static void next_phase(struct farm_agent *a, int64_t now_us)
{
	switch (a->phase) {
	case LINE_OFF:
		if (a->ws.state == WS_OPEN && *a->state)
			offer(a);
		break;
	case LINE_OFFERING:
		if (now_us > a->phase_us + OFFER_US || a->ws.state != WS_OPEN)
			fail(a, "failed");
		break;
	case LINE_CONNECTING: connecting(a, now_us); break;
	case LINE_STANDS: standing(a, now_us); break;
	case LINE_WAITS:
		if (a->ws.state == WS_OPEN && now_us > a->phase_us + pause_of(a))
			offer(a);
		break;
	}
}

void farm_agent_line_poll(struct farm_agent *a)
{
	if (a->line)
		line_client_poll(a->line);
}

void farm_agent_line_turn(struct farm_agent *a, int64_t now_us, struct tone_wave *wave)
{
	next_phase(a, now_us);
	if (!a->line)
		return;
	line_client_timers(a->line);
	line_client_voice(a->line, tone_wave_next(wave));
	if (!ear_is_late(&a->ear, now_us))
		return;
	farm_agent_line_poll(a);
	if (ear_tick(&a->ear, now_us))
		farm_hears("agent", a->name, &a->ear);
}

int farm_agent_line(struct farm_agent *a, const char *is)
{
	if (!a->line)
		return EINVAL;
	if (strcmp(is, "off") == 0 || strcmp(is, "on") == 0)
		line_client_away(a->line, is[1] == 'f');
	else if (strcmp(is, "moved") == 0)
		return line_client_move(a->line, true) ? EINVAL : watch(a);
	else if (strcmp(is, "new") == 0)
		fail(a, "dropped");
	else
		return EINVAL;
	return 0;
}
