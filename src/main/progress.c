/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* progress -- see progress.h. */
#include "main/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_SIZE 30
#define TELL_MS  250

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, bool is_wanted, uint64_t all)
{
	*p = (struct progress){ .is_shown = is_wanted && isatty(STDERR_FILENO),
		.all = all ? all : 1 };
}

void progress_add(struct progress *p, uint64_t more, const char *doing)
{
	int64_t now = now_ms();
	double part;
	int full;

	p->done += more;
	if (!p->is_shown || now - p->told_ms < TELL_MS)
		return;
	p->told_ms = now;
	/* a file may have grown since it was measured */
	part = p->done < p->all ? (double)p->done / (double)p->all : 1;
	full = (int)(part * BAR_SIZE);
	fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %s\033[K", full,
		"##############################", BAR_SIZE - full, "", 100 * part, doing);
}

void progress_end(struct progress *p)
{
	if (p->is_shown)
		fputs("\r\033[K", stderr);
	p->is_shown = false;
}
