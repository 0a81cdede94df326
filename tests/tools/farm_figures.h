/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_figures -- what an ear heard, as JSON, and the sum of several. */
#ifndef TOOLS_FARM_FIGURES_H
#define TOOLS_FARM_FIGURES_H

#include <jansson.h>

#include "tools/ear.h"

/* {"what", "hz", "packets", "lost", "gap_ms", "tone_gap_ms"}; without the first two where e is NULL. */
json_t *farm_figures(const struct ear *e, const struct ear_figures *f);
/* Counts are added, gaps are the longer one. */
void farm_figures_add(struct ear_figures *sum, const struct ear_figures *f);
/* Says {"event":"hears", who: name, "what", "hz"}. */
void farm_hears(const char *who, const char *name, const struct ear *e);

#endif
