/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * link -- see link.h.  Each function says there which thread may call it.
 */
#include "sip/link.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"

int64_t link_now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void link_event_free(struct link_event *e)
{
	free(e->call);
	if (e->sdp)
		explicit_bzero(e->sdp, e->sdp_len); /* keys, perhaps */
	free(e->sdp);
	free(e->state);
}

void link_command_free(struct link_command *c)
{
	free(c->text);
	free(c->number);
}

int link_init(struct link *l, const struct trunk_handler *h)
{
	memset(l, 0, sizeof *l);
	l->handler = *h;
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->wake_fd < 0)
		return errno;
	int err = ring_init(&l->events, sizeof(struct link_event), LINK_EVENTS);
	if (!err)
		err = ring_init(&l->commands, sizeof(struct link_command), LINK_COMMANDS);
	if (!err)
		err = ring_init(&l->seen, sizeof(struct trunk_seen), TRUNK_SEEN_RING);
	return err;
}

void link_close(struct link *l)
{
	struct link_event e;
	struct link_command c;
	while (l->events.slots && ring_get(&l->events, &e) == 0)
		link_event_free(&e);
	while (l->commands.slots && ring_get(&l->commands, &c) == 0)
		link_command_free(&c);
	ring_close(&l->events);
	ring_close(&l->commands);
	ring_close(&l->seen);
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	l->wake_fd = -1;
}

void link_wake(struct link *l)
{
	/* EAGAIN: 2^64-2 wake-ups are waiting, so it is awake */
	if (eventfd_write(l->wake_fd, 1) != 0 && errno != EAGAIN)
		log_error("sip: cannot wake the stack: %s", strerror(errno));
}

void link_command(struct link *l, const struct link_command *c)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	while (ring_put(&l->commands, c) != 0) {
		link_wake(l);
		nanosleep(&pause, NULL);
	}
	link_wake(l);
}

bool link_next_event(struct link *l, struct link_event *e)
{
	return ring_get(&l->events, e) == 0;
}

bool link_has_room(const struct link *l, size_t live_dialogs)
{
	size_t unread = ring_count(&l->events);
	return unread < TRUNK_RING &&
		unread + LINK_PER_DIALOG * (live_dialogs + 1) <= LINK_EVENTS;
}

bool link_is_behind(const struct link *l, int64_t now_ms)
{
	struct link_event oldest;
	if (ring_peek(&l->events, &oldest) != 0)
		return false;
	return ring_count(&l->events) >= LINK_BEHIND ||
		now_ms - oldest.at_ms >= LINK_BEHIND_MS;
}

void link_event(struct link *l, const struct link_event *e)
{
	struct link_event stamped = *e;
	stamped.at_ms = link_now_ms();
	if (ring_put(&l->events, &stamped) != 0) { /* excluded by link_has_room() */
		log_error("sip: an event found no room");
		abort();
	}
	l->handler.wake(l->handler.arg);
}

void link_seen(struct link *l, const struct trunk_seen *s)
{
	if (ring_put(&l->seen, s) != 0)
		atomic_fetch_add(&l->unseen, 1);
	l->handler.wake(l->handler.arg);
}

void link_sleepless(struct link *l)
{
	eventfd_t n;
	(void)eventfd_read(l->wake_fd, &n);
}

bool link_next_command(struct link *l, struct link_command *c)
{
	return ring_get(&l->commands, c) == 0;
}
