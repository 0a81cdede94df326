/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: state.  The bytes as what a former process left of dialog 1.  It is rebuilt or refused, and told of
 * exactly once; then the same with what was told of it in turn.  Nothing is sent: sendmsg() is ours.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sip/dialog_inner.h"
#include "sip/station.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
const char *__asan_default_suppressions(void);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct link l;
static struct station *st;

/* sofia's url_has_param() looks one byte past the last parameter of a URL when that is another one: only a
 * read, in a library that is not instrumented, but the strings' interceptors are and would end every run there. */
const char *__asan_default_suppressions(void)
{
	return "interceptor_via_lib:libsofia-sip-ua";
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t n = 0;

	for (size_t i = 0; i < msg->msg_iovlen; i++)
		n += (ssize_t)msg->msg_iov[i].iov_len;
	return n;
}

static void wake(void *arg)
{
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct trunk_handler h = { .wake = wake };
	static const struct trunk_config cfg = { .addr = "127.0.0.1", .session_s = 1800 };

	if (link_init(&l, &h) != 0 || station_new(&st, &cfg, &l) != 0)
		abort();
	return 0;
}

/* Returns what is told, whose state the caller frees. */
static struct link_event rebuild(const void *state, size_t n, const char *sdp)
{
	const struct trunk_saved saved = { 1, state, n, sdp };
	struct link_event e, none;

	dialogs_restore(st, &saved, 1);
	assert(link_next_event(&l, &e) && !link_next_event(&l, &none));
	assert(e.dialog == 1 && (e.kind == LINK_CHANGED || e.kind == LINK_ENDED));
	struct dialog *d = dialogs_find_id(st, 1);

	assert((e.kind == LINK_CHANGED) == (d != NULL));
	if (d) {
		d->state = DIALOG_OVER;
		dialogs_linger(st, d);
		dialog_free(d);
	}
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link_event e = rebuild(data, size, size % 2 ? "v=0\r\n" : NULL);

	if (e.state_len) { /* may be refused: sofia reads URLs that it writes otherwise */
		struct link_event again = rebuild(e.state, e.state_len, NULL);

		link_event_free(&again);
	}
	link_event_free(&e);
	return 0;
}
