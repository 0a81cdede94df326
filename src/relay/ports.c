/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ports -- see ports.h. */
#include "relay/ports.h"

#include <errno.h>
#include <stdlib.h>

int ports_init(struct ports *p, uint16_t low, uint16_t high, uint32_t start)
{
	unsigned int first = low +
		(low & 1u); /* RTP on the even port, RFC 3550 section 11 */
	int64_t *table;

	if (!low || high < first + 1)
		return EINVAL;
	size_t n = (high - first + 1u) / 2;

	table = calloc(n, sizeof *table);
	if (!table)
		return ENOMEM;
	*p = (struct ports){
		.free_at = table, .n = n, .next = start % n, .low = (uint16_t)first
	};
	for (size_t i = 0; i < n; i++)
		table[i] = INT64_MIN;
	return 0;
}

void ports_close(struct ports *p)
{
	free(p->free_at);
	*p = (struct ports){ 0 };
}

uint16_t ports_take(struct ports *p, int64_t now_us)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t at = (p->next + i) % p->n;

		if (p->free_at[at] > now_us)
			continue;
		p->free_at[at] = INT64_MAX;
		p->next = (at + 1) % p->n;
		return (uint16_t)(p->low + 2 * at);
	}
	return 0;
}

void ports_give(struct ports *p, uint16_t port, int64_t now_us)
{
	size_t at = (size_t)(port - p->low) / 2;

	if (port >= p->low && at < p->n)
		p->free_at[at] = now_us + PORTS_REST_US;
}

void ports_rest(struct ports *p, uint16_t port, int64_t now_us)
{
	size_t at = (size_t)(port - p->low) / 2;

	if (port >= p->low && at < p->n && p->free_at[at] != INT64_MAX)
		ports_give(p, port, now_us);
}
