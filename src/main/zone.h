/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* zone -- the clock on the house's wall: the C library's, by the configured time zone. */
#ifndef MAIN_ZONE_H
#define MAIN_ZONE_H

#include <stdint.h>

#include "core/hours/hours.h"

/* "": the machine's. Before any thread: localtime_r() reads it. ENOMEM. */
int zone_set(const char *name);
/* What the wall shows at that moment, since 1970 UTC. */
void zone_civil(int64_t wall_ms, struct hours_moment *out);

#endif
