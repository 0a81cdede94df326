/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * trace -- heimamt trace, the centre's side: who asks on the socket in the state folder is told what happens to a call.
 *
 * Nothing is looked at, kept or told while nobody asks, and who asked for what is in the log [RULES C3].  What is told
 * is masked before it comes here (sip/watch.c, core/trace/event.h), and is kept for nobody: it goes to who asked, or is
 * left out.
 *
 * Memory: struct tracer, from trace_start() until its listener is closed.  Thread: the control loop's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/trace.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"
#include "main/trace_line.h"

#define TRACES_MAX  4 /* at a time: several administrators, and one that was left on */
#define LINES_MAX   (2 * TRACES_MAX) /* with those that are told so */
#define PENDING_MAX 64 /* messages of calls that are just being made */
#define BACKLOG     4
#define LOOK_MS     200

struct session {
	struct tracer *tracer;
	struct trace_line *line; /* NULL: this one is free */
	bool is_on; /* it asked and follows */
	unsigned number;
	struct trace_follow follow;
};

struct tracer {
	struct centre *centre;
	uv_pipe_t listener;
	uv_timer_t look;
	unsigned n_open; /* handles */
	unsigned serial;
	struct session sessions[LINES_MAX];
	struct trunk_seen pending[PENDING_MAX];
	size_t n_pending;
};

static int64_t wall_ms(void)
{
	return options_wall_ms();
}

/* --- what is told --- */

static void say(struct session *s, const struct trace_event *e)
{
	char text[TRACE_LINE_MAX];
	size_t n = s->follow.ask.json ? trace_json(e, text) : trace_text(e, text);

	if (s->line) /* it may have gone with the line before */
		trace_line_say(s->line, text, n);
}

static void log_access(const struct session *s, const struct trace_call *c)
{
	char id[IDS_TEXT_SIZE];

	ids_text(id, c->call);
	if (c->call)
		log_notice("call %s: shown to user %u in trace %u", id,
			(unsigned)trace_line_uid(s->line), s->number);
	else
		log_notice("trace %u: a call that is refused is shown to user %u",
			s->number, (unsigned)trace_line_uid(s->line));
}

/* The call in this session, if it follows it. */
static struct trace_call *wanted(struct session *s, const struct trace_sight *sight)
{
	size_t before = s->follow.n;
	struct trace_call *c = s->is_on ? trace_wants(&s->follow, sight, wall_ms())
					: NULL;

	if (s->follow.n > before)
		log_access(s, c);
	return c;
}

static struct trace_sight sight_of(const struct app_traced *t, bool begins)
{
	return (struct trace_sight){ .call = t->call,
		.dialog = t->dialog,
		.number = t->number,
		.name = t->name,
		.begins = begins };
}

/* --- what happens --- */

static void tell_seen(
	struct tracer *t, const struct trunk_seen *s, const struct trace_sight *sight)
{
	for (unsigned i = 0; i < LINES_MAX; i++) {
		struct trace_call *c = wanted(&t->sessions[i], sight);
		struct trace_event e;

		if (!c)
			continue;
		c->n_messages++;
		app_trace_sip(&e, s, c);
		say(&t->sessions[i], &e);
		if (s->is_ours && s->status >= 300 && !c->has_arrived &&
			strcmp(s->method, "INVITE") == 0)
			trace_ended(c, "refused", wall_ms());
	}
}

static bool is_pending(const struct tracer *t, uint64_t dialog)
{
	for (size_t i = 0; i < t->n_pending; i++)
		if (t->pending[i].dialog == dialog)
			return true;
	return false;
}

/* A new call's first message comes just before the app hears of it: it waits until then. */
static void await(struct tracer *t, const struct trunk_seen *s)
{
	if (t->n_pending < PENDING_MAX) {
		t->pending[t->n_pending++] = *s;
		return;
	}
	for (unsigned i = 0; i < LINES_MAX; i++)
		if (t->sessions[i].is_on)
			trace_line_lost(t->sessions[i].line, 1);
}

void trace_seen(struct centre *c, const struct trunk_seen *s)
{
	struct tracer *t = c->tracer;
	struct app_traced call = { .dialog = s->dialog };
	bool is_known = app_traced_dialog(c->app, s->dialog, &call);
	struct trace_sight sight = sight_of(&call, s->begins);

	if (!is_known && (s->begins || is_pending(t, s->dialog)))
		await(t, s);
	else
		tell_seen(t, s, &sight);
}

void trace_settle(struct centre *c)
{
	struct tracer *t = c->tracer;

	for (size_t i = 0; i < t->n_pending; i++) {
		const struct trunk_seen *s = &t->pending[i];
		struct app_traced call = { .dialog = s->dialog };
		struct trace_sight sight;

		(void)app_traced_dialog(c->app, s->dialog, &call);
		sight = sight_of(&call, s->begins);
		tell_seen(t, s, &sight);
	}
	t->n_pending = 0;
}

void trace_record(struct centre *c, const struct store_call_event *ev)
{
	struct app_traced call = { .call = ev->call };
	struct trace_sight sight;

	(void)app_traced_call(c->app, ev->call, &call);
	sight = sight_of(&call, ev->event == STORE_ARRIVED);
	for (unsigned i = 0; i < LINES_MAX; i++) {
		struct session *s = &c->tracer->sessions[i];
		struct trace_call *followed = wanted(s, &sight);
		struct trace_event e;

		if (!followed)
			continue;
		followed->has_arrived = true;
		app_trace_record(&e, ev, call.number);
		say(s, &e);
		if (ev->event == STORE_ENDED)
			trace_ended(followed, ev->detail, wall_ms());
	}
}

void trace_quality(struct centre *c, const struct store_quality *q)
{
	const struct trace_sight sight = { .call = q->call };

	for (unsigned i = 0; i < LINES_MAX; i++) {
		struct session *s = &c->tracer->sessions[i];
		struct trace_event e;

		if (!wanted(s, &sight))
			continue;
		app_trace_quality(&e, wall_ms(), q);
		say(s, &e);
	}
}

void trace_relay(struct centre *c, unsigned relay, const union rp_any *m)
{
	struct app_traced leg;
	struct trace_sight sight;

	if (!app_traced_leg(c->app, relay, m->head.leg, &leg))
		return;
	sight = sight_of(&leg, false);
	for (unsigned i = 0; i < LINES_MAX; i++) {
		struct session *s = &c->tracer->sessions[i];
		struct trace_call *followed = wanted(s, &sight);
		struct trace_event e;

		if (followed && app_trace_relay(&e, wall_ms(), followed, leg.leg, m))
			say(s, &e);
	}
}

/* --- who asks --- */

static void set_on(struct session *s, bool on)
{
	struct centre *c = s->tracer->centre;

	if (s->is_on == on)
		return;
	s->is_on = on;
	c->n_traces += on ? 1u : -1u;
	if (c->trunk)
		trunk_watch(c->trunk, c->n_traces > 0);
	if (!c->n_traces)
		s->tracer->n_pending = 0;
}

static void on_gone(void *arg)
{
	struct session *s = arg;

	if (s->is_on)
		log_notice(
			"trace %u is over: %zu calls were shown", s->number, s->follow.n);
	set_on(s, false);
	s->line = NULL;
}

static void log_asked(const struct session *s)
{
	const struct trace_ask *a = &s->follow.ask;
	char id[IDS_TEXT_SIZE];

	ids_text(id, a->call);
	if (a->call)
		log_notice("trace %u: user %u asks for call %s", s->number,
			(unsigned)trace_line_uid(s->line), id);
	else
		log_notice("trace %u: user %u asks for the next %u calls%s%s, for %u "
			   "minutes",
			s->number, (unsigned)trace_line_uid(s->line), a->next,
			*a->queue ? " of queue " : "", a->queue, a->minutes);
}

/* The call that is asked for by its id goes on. */
static bool begin_with_call(struct session *s)
{
	struct app_traced call;
	struct trace_sight sight;
	struct trace_call *c;

	if (!s->follow.ask.call)
		return true;
	if (!app_traced_call(s->tracer->centre->app, s->follow.ask.call, &call))
		return false;
	sight = sight_of(&call, false);
	c = wanted(s, &sight);
	if (c)
		c->has_arrived = true;
	return c != NULL;
}

static void on_asked(void *arg, const struct trace_ask *ask)
{
	struct session *s = arg;

	if (s->tracer->centre->n_traces == TRACES_MAX) {
		trace_line_end(s->line, TRACE_REFUSED, "four traces run already");
		return;
	}
	trace_follow_init(&s->follow, ask, wall_ms());
	trace_line_format(s->line, ask->json);
	log_asked(s);
	set_on(s, true);
	if (begin_with_call(s))
		return;
	set_on(s, false);
	trace_line_end(s->line, TRACE_REFUSED, "no call with this id goes on");
}

static struct session *free_session(struct tracer *t)
{
	for (unsigned i = 0; i < LINES_MAX; i++)
		if (!t->sessions[i].line)
			return &t->sessions[i];
	return NULL;
}

static void ignore_asked(void *arg, const struct trace_ask *ask)
{
}

static void ignore_gone(void *arg)
{
}

/* It must be accepted to be turned away. */
static void turn_away(uv_stream_t *listener)
{
	const struct trace_line_handler h = { ignore_asked, ignore_gone, NULL };
	struct trace_line *line;

	if (!trace_line_new(&line, listener, &h))
		trace_line_close(line);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct tracer *t = listener->data;
	struct session *s = free_session(t);
	const struct trace_line_handler h = { on_asked, on_gone, s };
	int err;

	if (status)
		return;
	if (!s) {
		turn_away(listener);
		return;
	}
	err = trace_line_new(&s->line, listener, &h);
	if (err)
		log_notice("a trace was asked for and refused: %s", strerror(err));
	else
		s->number = ++t->serial;
}

/* --- its time --- */

static void tell_end(struct session *s, int64_t now)
{
	struct trace_call *c;
	struct trace_event e;

	while ((c = trace_due(&s->follow, now))) {
		app_trace_summary(&e, now, c);
		say(s, &e);
	}
	if (s->line && trace_is_over(&s->follow, now))
		trace_line_end(s->line, TRACE_DONE,
			now >= s->follow.until_ms ? "the time is over" : "");
}

static void on_look(uv_timer_t *timer)
{
	struct tracer *t = timer->data;
	uint64_t unseen = t->centre->trunk ? trunk_unseen(t->centre->trunk) : 0;

	for (unsigned i = 0; i < LINES_MAX; i++) {
		struct session *s = &t->sessions[i];

		if (s->is_on && unseen)
			trace_line_lost(s->line, unseen);
		if (s->is_on)
			tell_end(s, wall_ms());
		if (s->line)
			trace_line_look(s->line, (int64_t)(uv_hrtime() / 1000000));
	}
}

/* Nobody but this user and root gets as far as to be asked who it is: the mode is there with the name (unix(7)). */
static int listen_at(const char *path, int *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd, err = text_copy(un.sun_path, sizeof un.sun_path, path);

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	(void)unlink(path); /* of a former process: the folder is ours (lock.c) */
	if (fchmod(fd, 0600) || bind(fd, (struct sockaddr *)&un, sizeof un)) {
		err = errno;
		close(fd);
		return err;
	}
	*out = fd;
	return 0;
}

static void on_handle_closed(uv_handle_t *h)
{
	struct tracer *t = h->data;

	if (!--t->n_open)
		free(t);
}

static void close_handles(struct tracer *t)
{
	uv_close((uv_handle_t *)&t->listener, on_handle_closed);
	uv_close((uv_handle_t *)&t->look, on_handle_closed);
}

static int begin(struct tracer *t, const char *path)
{
	int fd = -1, err = listen_at(path, &fd);

	if (err)
		return err;
	err = -uv_pipe_open(&t->listener, fd);
	if (err)
		close(fd);
	else
		err = -uv_listen((uv_stream_t *)&t->listener, BACKLOG, on_connection);
	if (!err)
		err = -uv_timer_start(&t->look, on_look, LOOK_MS, LOOK_MS);
	return err;
}

static int make_path(const struct centre *c, char path[OPTIONS_PATH_MAX])
{
	return options_path(path, c->options.state, TRACE_SOCKET);
}

void trace_start(struct centre *c)
{
	struct tracer *t = calloc(1, sizeof *t);
	char path[OPTIONS_PATH_MAX];
	int err = t ? make_path(c, path) : ENOMEM;

	if (err)
		goto out;
	t->centre = c;
	for (unsigned i = 0; i < LINES_MAX; i++)
		t->sessions[i].tracer = t;
	uv_pipe_init(&c->loop, &t->listener, 0);
	uv_timer_init(&c->loop, &t->look);
	t->listener.data = t->look.data = t;
	t->n_open = 2;
	err = begin(t, path);
	if (!err)
		c->tracer = t;
	else
		close_handles(t);
	t = NULL;
out:
	free(t);
	if (err)
		log_error("heimamt trace cannot be answered: %s", strerror(err));
}

void trace_stop(struct centre *c)
{
	struct tracer *t = c->tracer;
	char path[OPTIONS_PATH_MAX];

	if (!t)
		return;
	for (unsigned i = 0; i < LINES_MAX; i++)
		if (t->sessions[i].line)
			trace_line_close(t->sessions[i].line);
	if (!make_path(c, path))
		(void)unlink(path);
	close_handles(t);
	c->tracer = NULL;
}
