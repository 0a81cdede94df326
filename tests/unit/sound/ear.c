/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ear -- see ear.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "ear.h"

static void hear(void *arg, const int16_t *pcm, size_t n, enum jitter_source from)
{
	struct ear *e = arg;
	struct jitter_stats s = jitter_stats(e->jitter);

	e->frames++;
	e->concealed += from == JITTER_CONCEALED;
	e->corrected += from == JITTER_CORRECTED;
	e->nothing += from == JITTER_NOTHING;
	if (s.delay_ms > e->delay_max)
		e->delay_max = s.delay_ms;
	e->delay_sum += s.delay_ms;
	e->looks++;
}

void listen_to(struct line *l, struct ear *e)
{
	*e = (struct ear){ .jitter = l->jitter };
	l->heard = hear;
	l->arg = e;
}

void print_heard(const char *what, const struct line *l, const struct ear *e)
{
	struct jitter_stats s = jitter_stats(l->jitter);

	print_message("# %s: delay mean %u, most %u, target %u ms; %llu frames, %llu "
		      "concealed, "
		      "%llu corrected; %llu ms concealed in all; %llu late, %llu lost of "
		      "%llu; %llu longer, %llu "
		      "shorter\n",
		what, e->looks ? e->delay_sum / e->looks : 0, e->delay_max, s.target_ms,
		(unsigned long long)e->frames, (unsigned long long)e->concealed,
		(unsigned long long)e->corrected, (unsigned long long)s.concealed_ms,
		(unsigned long long)s.late, (unsigned long long)s.lost,
		(unsigned long long)s.packets, (unsigned long long)s.longer,
		(unsigned long long)s.shorter);
}
