/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_figures -- see farm_figures.h. */
#include "tools/farm_figures.h"

#include "tools/farm.h"

json_t *farm_figures(const struct ear *e, const struct ear_figures *f)
{
	json_t *o = json_pack("{s:I, s:I, s:f, s:f}", "packets", (json_int_t)f->packets,
		"lost", (json_int_t)f->lost, "gap_ms", (double)f->gap_us / 1000,
		"tone_gap_ms", (double)f->tone_gap_us / 1000);

	if (e) {
		(void)json_object_set_new(o, "what", json_string(ear_word(e->what)));
		(void)json_object_set_new(o, "hz", json_real(e->hz));
	}
	return o;
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void farm_figures_add(struct ear_figures *sum, const struct ear_figures *f)
{
	sum->packets += f->packets;
	sum->lost += f->lost;
	sum->gap_us = longer(sum->gap_us, f->gap_us);
	sum->tone_gap_us = longer(sum->tone_gap_us, f->tone_gap_us);
}

void farm_hears(const char *who, const char *name, const struct ear *e)
{
	farm_say("hears",
		json_pack("{s:s, s:s, s:f}", who, name, "what", ear_word(e->what), "hz",
			e->hz));
}
