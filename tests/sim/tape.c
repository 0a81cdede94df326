/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tape -- the journal in memory: whatever happened in this world must run again, action by action.
 *
 * A segment is run again when it is over: ended, full, refused by the disk, or torn where its process died.  Part of
 * world.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/acd/journal.h"
#include "inner.h"

static void run_again(struct world *w, struct acd_replay *r, bool is_whole)
{
	enum acd_replayed got = acd_replay_init(r, w->tape.p, w->tape.n);

	while (got == ACD_REPLAY_SAME)
		got = acd_replay_next(r);
	w->report->replayed += r->n_events;
	w->report->segments++;
	if (got == ACD_REPLAY_DIFFERS)
		fail(w, "an event that is run again has other actions");
	else if (is_whole && got != ACD_REPLAY_ENDED)
		fail(w, "a journal that was ended does not run to its end");
	else if (got != ACD_REPLAY_ENDED && got != ACD_REPLAY_OPEN &&
		got != ACD_REPLAY_TORN)
		fail(w, "a journal cannot be run again");
	acd_replay_close(r);
}

static void over(struct world *w, bool is_whole)
{
	struct acd_replay *r;

	if (w->tape.n == 0)
		return;
	r = malloc(sizeof *r);
	if (r)
		run_again(w, r, is_whole);
	else
		fail(w, "no memory to run a journal again");
	free(r);
	w->tape.n = 0;
}

void tape_torn(struct world *w)
{
	size_t lost = chance(w, 3) ? 0 : chance(w, 400);

	w->tape.n -= lost < w->tape.n ? lost : w->tape.n;
	over(w, false);
}

static int tape_begin(void *arg, int64_t at_ms, const uint8_t key[16])
{
	struct world *w = arg;

	if (control_is_dead(w))
		return 0;
	if (w->tape.n)
		fail(w, "a segment begins within another");
	w->tape.is_full = false;
	return trouble(w, T_JOURNAL_FULL) ? ENOSPC : 0;
}

static int tape_put(void *arg, const void *bytes, size_t n)
{
	struct world *w = arg;

	if (control_is_dead(w))
		return 0;
	if (w->tape.n + n > TAPE_MAX) {
		fail(w, "a segment is longer than it may be");
		return ENOBUFS;
	}
	if (w->tape.is_full || trouble(w, T_JOURNAL_FULL)) {
		w->tape.is_full = true;
		return ENOSPC;
	}
	memcpy(w->tape.p + w->tape.n, bytes, n);
	w->tape.n += n;
	return 0;
}

static void tape_end(void *arg)
{
	struct world *w = arg;

	if (!control_is_dead(w))
		over(w, !w->tape.is_full);
}

void tape_ports(struct app_ports *ports)
{
	ports->journal_begin = tape_begin;
	ports->journal_put = tape_put;
	ports->journal_end = tape_end;
}
