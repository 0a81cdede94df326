/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* country -- see country.h */
#include "core/country/country.h"

#include <arpa/inet.h>
#include <string.h>

#define V4_BITS 96 /* of the IPv6 form that stand before an IPv4 address */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool country_is_code(const char *text)
{
	return is_capital(text[0]) && is_capital(text[1]) && !text[2];
}

/* False: no address of this family. */
static bool read_address(uint8_t out[16], int family, struct slice s)
{
	char text[INET6_ADDRSTRLEN];

	if (slice_copy(s, text, sizeof text))
		return false;
	if (family == AF_INET6)
		return inet_pton(AF_INET6, text, out) == 1;
	memcpy(out, mapped, sizeof mapped);
	return inet_pton(AF_INET, text, out + sizeof mapped) == 1;
}

/* count addresses from the first one on; false: they do not end within the family. */
static bool span_count(struct country_net *net, uint64_t count)
{
	uint32_t first, last;

	memcpy(&first, net->first + sizeof mapped, sizeof first);
	first = ntohl(first);
	if (!count || count - 1 > UINT32_MAX - first)
		return false;
	last = htonl((uint32_t)(first + (count - 1)));
	memcpy(net->last, mapped, sizeof mapped);
	memcpy(net->last + sizeof mapped, &last, sizeof last);
	return true;
}

void country_net_of(struct country_net *out, const uint8_t addr[16], unsigned bits)
{
	memcpy(out->first, addr, sizeof out->first);
	memcpy(out->last, addr, sizeof out->last);
	for (unsigned i = bits; i < 128; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		out->first[i / 8] &= (uint8_t)~bit;
		out->last[i / 8] |= bit;
	}
}

/* False: the first address has bits behind the prefix. */
static bool span_prefix(struct country_net *net, unsigned bits)
{
	uint8_t addr[16];

	memcpy(addr, net->first, sizeof addr);
	country_net_of(net, addr, bits);
	return memcmp(net->first, addr, sizeof addr) == 0;
}

static bool read_code(char code[COUNTRY_CODE], struct slice s)
{
	return slice_copy(s, code, COUNTRY_CODE) == 0 && country_is_code(code);
}

/* A header begins with the format's version. */
static bool is_header(struct slice first)
{
	return first.n && first.p[0] >= '0' && first.p[0] <= '9';
}

/* registry|cc|type|start|value|date|status, and in the extended files |opaque-id */
enum country_line country_line(
	struct slice line, char code[COUNTRY_CODE], struct country_net *net)
{
	struct slice rest = line, field[7];
	char cc[COUNTRY_CODE];
	struct country_net made;
	uint64_t value;
	bool v4;

	if (!line.n || line.p[0] == '#')
		return COUNTRY_LINE_OTHER;
	for (size_t i = 0; i < 7; i++)
		field[i] = slice_cut(&rest, '|');
	v4 = slice_is(field[2], "ipv4");
	if (!v4 && !slice_is(field[2], "ipv6"))
		return slice_is(field[2], "asn") || is_header(field[0])
			? COUNTRY_LINE_OTHER
			: COUNTRY_LINE_BAD;
	if (slice_is(field[5], "summary") || slice_is(field[6], "available") ||
		slice_is(field[6], "reserved"))
		return COUNTRY_LINE_OTHER;
	if ((!slice_is(field[6], "allocated") && !slice_is(field[6], "assigned")) ||
		!read_code(cc, field[1]) ||
		!read_address(made.first, v4 ? AF_INET : AF_INET6, field[3]) ||
		!slice_u64(field[4], v4 ? UINT64_C(1) << 32 : 128, &value) ||
		!(v4 ? span_count(&made, value) : span_prefix(&made, (unsigned)value)))
		return COUNTRY_LINE_BAD;
	memcpy(code, cc, sizeof cc);
	*net = made;
	return COUNTRY_LINE_NET;
}

bool country_net(struct country_net *out, const char *text)
{
	struct slice rest = slice_str(text), addr = slice_cut(&rest, '/');
	bool v4 = !memchr(addr.p, ':', addr.n), is_net = strchr(text, '/');
	unsigned most = v4 ? 32 : 128;
	uint64_t bits = most;

	return read_address(out->first, v4 ? AF_INET : AF_INET6, addr) &&
		(!is_net || slice_u64(rest, most, &bits)) &&
		span_prefix(out, (unsigned)bits + (v4 ? V4_BITS : 0));
}

bool country_has(const struct country_net *nets, size_t n, const struct country_net *net)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(net->first, nets[i].first, 16) >= 0 &&
			memcmp(net->last, nets[i].last, 16) <= 0)
			return true;
	return false;
}

bool country_is_within(const struct country_net *net)
{
	static const char *const within[] = { "127.0.0.0/8", "10.0.0.0/8",
		"172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
		"::1", "fc00::/7", "fe80::/10" };
	struct country_net one;

	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		if (country_net(&one, within[i]) && country_has(&one, 1, net))
			return true;
	return false;
}
