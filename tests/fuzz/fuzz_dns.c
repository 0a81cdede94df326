/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: dns.  The first byte chooses the type that was asked for, the rest is the answer: as it came, and with our
 * question set in front of its records, so that the question does not keep the fuzzer from the rest.
 */
#include <assert.h>
#include <string.h>

#include "base/slice.h"
#include "wire/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_it(const uint8_t *p, size_t n, uint16_t id, enum dnsmsg_type type)
{
	struct dnsmsg m;
	if (dnsmsg_read(&m, p, n, id, "_sip._udp.example.org", type) != 0)
		return;
	assert(m.n <= DNSMSG_RECORDS);
	for (size_t i = 0; i < m.n; i++)
		assert(strlen(m.record[i].target) < DNSMSG_NAME);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dnsmsg_type types[] = { DNSMSG_A, DNSMSG_AAAA, DNSMSG_SRV };
	uint8_t whole[2 * DNSMSG_MAX];
	size_t n = 0;
	if (size < 1 || size > DNSMSG_MAX)
		return 0;
	enum dnsmsg_type type = types[data[0] % 3];
	read_it(data + 1, size - 1, size > 2 ? be16_get(data + 1) : 0, type);
	if (size < 4 ||
		dnsmsg_ask(whole, sizeof whole, &n, 7, "_sip._udp.example.org", type))
		return 0;
	n -= 11; /* without OPT */
	whole[2] = 0x80;
	whole[3] = data[1] & 0x0f;
	whole[7] = data[2];
	whole[11] = 0;
	memcpy(whole + n, data + 3, size - 3);
	read_it(whole, n + size - 3, 7, type);
	return 0;
}
