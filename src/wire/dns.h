/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dns -- a question to a name server and its answer (RFC 1035, SRV of RFC 2782, EDNS of RFC 6891).
 *
 * Pure: bytes to a struct and back.  Only what finds a carrier is read: A, AAAA, SRV, and CNAME on the way.
 * What does not answer the question that was asked is refused as a whole, so is what is cut short or points
 * forwards.  Memory: the caller's; no allocation.  Any thread.
 */
#ifndef WIRE_DNS_H
#define WIRE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNSMSG_MAX     1232 /* bytes that we say we take: no fragment on any usual path */
#define DNSMSG_NAME    254 /* 253 characters (RFC 1035 section 2.3.4) and a NUL */
#define DNSMSG_RECORDS 16 /* more are left out; a carrier has two to four */
#define DNSMSG_ALIASES 8 /* CNAMEs, one after the other */

enum dnsmsg_type { DNSMSG_A = 1, DNSMSG_AAAA = 28, DNSMSG_SRV = 33 };

/* RFC 1035 section 4.1.1, those that mean something here */
enum dnsmsg_code { DNSMSG_OK = 0, DNSMSG_FAILED = 2, DNSMSG_NO_NAME = 3 };

struct dnsmsg_record {
	uint32_t ttl_s;
	uint8_t addr[16]; /* A: as an IPv4-mapped one; AAAA */
	uint16_t priority, weight, port; /* SRV */
	char target[DNSMSG_NAME]; /* SRV; "": the service is not there (".") */
};

struct dnsmsg {
	enum dnsmsg_code code; /* all but OK and NO_NAME is FAILED */
	bool is_cut; /* TC: there was more */
	size_t n;
	struct dnsmsg_record record[DNSMSG_RECORDS];
};

/* The question. EINVAL: no name that can be asked. ENOSPC. */
int dnsmsg_ask(uint8_t *out, size_t cap, size_t *n, uint16_t id, const char *name,
	enum dnsmsg_type type);
/* The answer to it. EPROTO: not an answer to this question, or not whole. */
int dnsmsg_read(struct dnsmsg *out, const uint8_t *p, size_t n, uint16_t id,
	const char *name, enum dnsmsg_type type);

#endif
