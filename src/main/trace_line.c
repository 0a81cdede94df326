/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trace_line -- see trace_line.h */
#include "main/trace_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct trace_line {
	uv_pipe_t pipe;
	uv_write_t write;
	struct trace_line_handler handler;
	uid_t uid;
	char ask[TRACE_ASK_MAX];
	size_t n_ask;
	bool has_asked, is_writing, is_ending, is_closing;
	int64_t due_ms; /* it is let go then; 0: not */
	struct trace_out out;
	char writing[TRACE_OUT_MAX];
};

static int64_t now_ms(void)
{
	return (int64_t)(uv_hrtime() / 1000000);
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void trace_line_close(struct trace_line *l)
{
	if (l->is_closing)
		return;
	l->is_closing = true;
	l->handler.gone(l->handler.arg);
	uv_close((uv_handle_t *)&l->pipe, on_closed);
}

static void on_written(uv_write_t *w, int status);

static void write_on(struct trace_line *l)
{
	uv_buf_t buf;

	if (l->is_writing || l->is_closing)
		return;
	buf = uv_buf_init(l->writing, (unsigned)trace_out_take(&l->out, l->writing));
	if (!buf.len) {
		if (l->is_ending)
			trace_line_close(l);
		return;
	}
	l->is_writing = true;
	if (uv_write(&l->write, (uv_stream_t *)&l->pipe, &buf, 1, on_written)) {
		l->is_writing = false;
		trace_line_close(l);
	}
}

static void on_written(uv_write_t *w, int status)
{
	struct trace_line *l = w->data;

	l->is_writing = false;
	if (status)
		trace_line_close(l);
	else
		write_on(l);
}

/* The question is whole. */
static void take_ask(struct trace_line *l, size_t n)
{
	struct trace_ask ask;

	l->has_asked = true;
	l->due_ms = 0;
	if (trace_ask_read(&ask, slice_of(l->ask, n)))
		trace_line_end(l, TRACE_REFUSED, "that is no question of heimamt trace");
	else
		l->handler.asked(l->handler.arg, &ask);
}

/* What comes after the question is of no interest. */
static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct trace_line *l = h->data;
	size_t from = l->has_asked ? 0 : l->n_ask;

	*buf = uv_buf_init(l->ask + from, (unsigned)(sizeof l->ask - from));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct trace_line *l = s->data;
	const char *end;

	if (n < 0) {
		trace_line_close(l);
		return;
	}
	if (l->has_asked)
		return;
	l->n_ask += (size_t)n;
	end = memchr(l->ask, '\n', l->n_ask);
	if (end)
		take_ask(l, (size_t)(end - l->ask));
	else if (l->n_ask == sizeof l->ask)
		trace_line_close(l);
}

/* Who is at the other end, as the kernel knows it (unix(7)). The socket's mode says the same; this says it of whoever
 * got at it some other way. */
static int look_who(struct trace_line *l)
{
	struct ucred cred;
	socklen_t n = sizeof cred;
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&l->pipe, &fd) ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n))
		return EIO;
	l->uid = cred.uid;
	return cred.uid == 0 || cred.uid == geteuid() ? 0 : EACCES;
}

/* An empty socket takes so little at once. */
static void say_refused(struct trace_line *l)
{
	static char text[] = "!only the centre's user and root may ask\n";
	uv_buf_t buf = uv_buf_init(text, sizeof text - 1);

	(void)uv_try_write((uv_stream_t *)&l->pipe, &buf, 1);
}

static void nobody(void *arg)
{
}

int trace_line_new(struct trace_line **out, uv_stream_t *listener,
	const struct trace_line_handler *h)
{
	struct trace_line *l = calloc(1, sizeof *l);
	int err;

	if (!l)
		return ENOMEM;
	if (uv_pipe_init(listener->loop, &l->pipe, 0)) {
		free(l);
		return ENOMEM;
	}
	l->pipe.data = l->write.data = l;
	l->handler = *h;
	l->due_ms = now_ms() + TRACE_LINE_ASK_MS;
	trace_out_init(&l->out, false);
	err = -uv_accept(listener, (uv_stream_t *)&l->pipe);
	if (!err)
		err = look_who(l);
	if (!err)
		err = -uv_read_start((uv_stream_t *)&l->pipe, on_alloc, on_read);
	if (err == EACCES)
		say_refused(l);
	if (err) {
		l->handler.gone = nobody; /* it was never there */
		trace_line_close(l);
		return err;
	}
	*out = l;
	return 0;
}

uid_t trace_line_uid(const struct trace_line *l)
{
	return l->uid;
}

void trace_line_format(struct trace_line *l, bool json)
{
	l->out.json = json;
}

void trace_line_say(struct trace_line *l, const char *text, size_t n)
{
	if (l->is_ending || l->is_closing)
		return;
	trace_out_put(&l->out, text, n);
	write_on(l);
}

void trace_line_lost(struct trace_line *l, uint64_t n)
{
	trace_out_lost(&l->out, n);
}

void trace_line_end(struct trace_line *l, char mark, const char *text)
{
	if (l->is_ending || l->is_closing)
		return;
	trace_out_end(&l->out, mark, text);
	l->is_ending = true;
	l->due_ms = now_ms() + TRACE_LINE_END_MS;
	write_on(l);
}

void trace_line_look(struct trace_line *l, int64_t now)
{
	if (l->due_ms && now >= l->due_ms)
		trace_line_close(l);
}
