/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* web_path -- the addresses of browser lines, and the way from an address to its line. */
#include "relay/leg.h"

struct web_path *web_path_find(struct relay *r, const struct udp_addr *a)
{
	struct web_path *path = map_find(&r->by_addr, udp_addr_key(a, r->addr_seed));

	return path && udp_addr_eq(&path->addr, a) ? path : NULL;
}

void web_path_drop(struct relay *r, struct web_path *path)
{
	if (!path->leg)
		return;
	map_drop(&r->by_addr, udp_addr_key(&path->addr, r->addr_seed));
	if (path->leg->web.active == path)
		path->leg->web.active = NULL;
	*path = (struct web_path){ .leg = NULL };
}

/* A free place, or the one unused for longest that is not being sent to. */
static struct web_path *place(struct leg *l)
{
	struct web_path *oldest = NULL;

	for (size_t i = 0; i < LEG_PATHS_MAX; i++) {
		struct web_path *p = &l->web.paths[i];

		if (!p->leg)
			return p;
		if (p != l->web.active && (!oldest || p->seen_us < oldest->seen_us))
			oldest = p;
	}
	return oldest;
}

struct web_path *web_path_add(struct relay *r, struct leg *l, const struct udp_addr *a)
{
	uint64_t key = udp_addr_key(a, r->addr_seed);
	struct web_path *path = map_find(&r->by_addr, key);

	if (!path || path->leg != l || !udp_addr_eq(&path->addr, a)) {
		/* whoever proved itself last has the address: a NAT gives ports to others */
		if (path)
			web_path_drop(r, path);
		path = place(l);
		web_path_drop(r, path);
		*path = (struct web_path){ .addr = *a, .leg = l };
		if (map_put(&r->by_addr, key,
			    path)) { /* cannot be: the map holds all paths */
			*path = (struct web_path){ .leg = NULL };
			return NULL;
		}
	}
	path->seen_us = r->now_us;
	return path;
}
