/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* shift -- see shift.h. */
#include "core/home/shift.h"

static uint8_t least(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

struct home_clearance home_clearance(const struct home_shift *shift,
	const struct home_limits *limits, unsigned missing)
{
	if (!shift->at_home) {
		if (limits->two_factors && missing & HOME_ONE_FACTOR)
			return (struct home_clearance){ .is_none = true };
		return (struct home_clearance){ .level = least(
							limits->office, limits->agent) };
	}
	if (missing)
		return (struct home_clearance){ .is_none = true };
	return (struct home_clearance){ .level = least(
						HOME_CONFIDENTIAL, limits->agent) };
}

void home_shift_end(struct home_shift *shift, bool usually_at_home)
{
	*shift = (struct home_shift){ .at_home = usually_at_home };
}

bool home_shift_declare(struct home_shift *shift, int64_t mono_ms)
{
	if (!shift->at_home)
		return false;
	shift->declaration = (struct home_declaration){ true, mono_ms };
	return true;
}

void home_shift_at(struct home_shift *shift, bool at_home)
{
	if (shift->at_home != at_home)
		shift->declaration = (struct home_declaration){ 0 };
	shift->at_home = at_home;
}
