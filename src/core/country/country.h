/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * country -- which networks were given out in which country, as the five registries of the Internet tell it, and whether an
 * address is in one of them.
 *
 * The registries' daily files have a line for each range (RIR Statistics Exchange Format, section 4.3): of IPv4 with the count
 * of its addresses, which need be no power of two, of IPv6 with its prefix.  The country is that of whom it was given to;
 * where a machine with such an address stands nobody can tell from it.
 *
 * Addresses are of 16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).  Pure; memory in the caller.
 */
#ifndef CORE_COUNTRY_COUNTRY_H
#define CORE_COUNTRY_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define COUNTRY_CODE 3 /* ISO 3166-1 alpha-2, in capitals, with NUL */

/* From the first address to the last. */
struct country_net {
	uint8_t first[16], last[16];
};

enum country_line {
	COUNTRY_LINE_NET,
	COUNTRY_LINE_OTHER, /* a header, a sum, a remark, an AS number, or what is given to nobody */
	COUNTRY_LINE_BAD,
};

/* Two capital letters. */
bool country_is_code(const char *text);
/* One line, without its end. code and net are written of a COUNTRY_LINE_NET only. */
enum country_line country_line(
	struct slice line, char code[COUNTRY_CODE], struct country_net *net);
/* "192.0.2.0/24", "2001:db8::/32", or one address. False: neither; nor is a network with bits behind its prefix. */
bool country_net(struct country_net *out, const char *text);
/* The network in which an address stands; bits: of its prefix, counted in the IPv6 form, 128 for that address alone. */
void country_net_of(struct country_net *out, const uint8_t addr[16], unsigned bits);
/* All of it is in one of them. */
bool country_has(const struct country_net *nets, size_t n, const struct country_net *net);
/* All of it is of this machine, or of a network within the house: loopback, private (RFC 1918, RFC 4193), link-local, and
 * behind a carrier's translator (RFC 6598). What has such an address leaves no country by it. */
bool country_is_within(const struct country_net *net);

#endif
