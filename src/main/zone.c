/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* zone -- see zone.h */
#include "main/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

int zone_set(const char *name)
{
	if (*name && setenv("TZ", name, 1))
		return ENOMEM;
	tzset();
	return 0;
}

void zone_civil(int64_t wall_ms, struct hours_moment *out)
{
	time_t now = (time_t)(wall_ms / 1000);
	struct tm tm = { .tm_mday = 1 };

	(void)localtime_r(&now, &tm);
	*out = (struct hours_moment){ .date = { (uint16_t)(tm.tm_year + 1900),
					      (uint8_t)(tm.tm_mon + 1),
					      (uint8_t)tm.tm_mday },
		.weekday = (uint8_t)((tm.tm_wday + 6) % 7),
		.minute = (uint16_t)(tm.tm_hour * 60 + tm.tm_min) };
}
