/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* quality -- what a talk's lines were worth: its words, what may enter, how it is written (writer thread). */
#include <string.h>

#include "store/inner.h"

static const char *const leg_words[] = {
	[STORE_LEG_CALLER] = "caller",
	[STORE_LEG_LINE] = "line",
};

static const char *const direction_words[] = {
	[STORE_IN] = "in",
	[STORE_OUT] = "out",
};

bool quality_ok(const struct store_quality *q)
{
	return q->call != 0 && q->call <= INT64_MAX && q->leg <= STORE_LEG_LINE &&
		q->direction <= STORE_OUT && q->until_ms >= q->from_ms &&
		q->lost >= STORE_UNKNOWN && q->lost <= q->expected &&
		memchr(q->codec, '\0', sizeof q->codec);
}

static void bind_known(sqlite3_stmt *s, int at, int64_t v)
{
	if (v == STORE_UNKNOWN)
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_int64(s, at, v);
}

int quality_write(struct writes *w, struct rec *r)
{
	const struct store_quality *q = &r->quality;
	const int64_t known[] = { q->lost, q->jitter_us, q->round_trip_us, q->delay_ms,
		q->frames, q->concealed, q->burst_100, q->r_narrow_10, q->mos_narrow_100,
		q->r_wide_10, q->mos_wide_100 };
	sqlite3_stmt *s = w->stmt[W_QUALITY];

	sqlite3_bind_int64(s, 1, (int64_t)q->call);
	sqlite3_bind_int64(s, 2, q->from_ms);
	sqlite3_bind_text(s, 3, leg_words[q->leg], -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, direction_words[q->direction], -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 5, q->until_ms);
	sqlite3_bind_int(s, 6, q->is_whole);
	sqlite3_bind_text(s, 7, q->codec, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 8, q->expected);
	for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
		bind_known(s, 9 + i, known[i]);
	return db_run(s, NULL, NULL);
}
