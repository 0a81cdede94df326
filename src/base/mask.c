/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mask -- see mask.h */
#include "base/mask.h"

#include <stdint.h>
#include <string.h>

#define SHOWN_MAX \
	12 /* the length of a number is a hint of its own; longer ones look alike */

static const char *dash(char out[MASK_SIZE])
{
	memcpy(out, "-", 2);
	return out;
}

const char *mask_number(char out[MASK_SIZE], const char *number)
{
	size_t n = number ? strlen(number) : 0;
	size_t shown = n > SHOWN_MAX ? SHOWN_MAX : n;
	size_t clear = n < 5 ? 0 : 2;

	if (n == 0)
		return dash(out);
	memset(out, '*', shown);
	memcpy(out + shown - clear, number + n - clear, clear);
	out[shown] = 0;
	return out;
}

const char *mask_name(char out[MASK_SIZE], const char *name)
{
	size_t n = 1;

	if (!name || !*name)
		return dash(out);
	/* the continuation bytes of the first character */
	while (n < 4 && ((uint8_t)name[n] & 0xC0) == 0x80)
		n++;
	memcpy(out, name, n);
	memcpy(out + n, "\xE2\x80\xA6", 4);
	return out;
}
