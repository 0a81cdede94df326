/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of week share; nobody else includes it. */
#ifndef CORE_HOME_WEEK_INNER_H
#define CORE_HOME_WEEK_INNER_H

#include "core/home/week.h"

/* One agent more, with this plan. */
void week_count_plan(struct week_counts *out, const struct week_person *p,
	const struct week_plan *plan);

#endif
