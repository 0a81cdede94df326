/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stun -- STUN messages (RFC 8489) as ICE-lite needs them (RFC 8445): binding requests read and
 * checked, responses written; and the requests of a full agent for our own tests.
 *
 * Hostile input: length-checked, unknown comprehension-optional attributes are skipped (browsers send
 * 0xC057 and 0x802A), a message is at most STUNMSG_MAX bytes.  MESSAGE-INTEGRITY (HMAC-SHA1, short-term
 * credentials) and FINGERPRINT (CRC-32) are RFC 8489 sections 14.5 and 14.7; vectors in RFC 5769.
 * Pure except for OpenSSL's HMAC.  (The prefix is stunmsg_ because sofia-sip exports stun_.)
 */
#ifndef WIRE_STUN_H
#define WIRE_STUN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

#define STUNMSG_MAX         1200
#define STUNMSG_HEADER      20
#define STUNMSG_COOKIE      0x2112A442u /* RFC 8489 section 5 */
#define STUNMSG_TID_SIZE    12
#define STUNMSG_UNKNOWN_MAX 8

enum stunmsg_class {
	STUNMSG_REQUEST,
	STUNMSG_INDICATION,
	STUNMSG_SUCCESS,
	STUNMSG_ERROR
};
#define STUNMSG_BINDING 1u

struct stunmsg {
	enum stunmsg_class cls;
	uint16_t method;
	uint8_t tid[STUNMSG_TID_SIZE];
	struct slice username; /* "" when absent */
	bool has_priority, has_controlling, has_controlled, use_candidate, has_mapped;
	uint32_t priority;
	uint64_t tie_breaker;
	struct sockaddr_storage mapped; /* XOR-MAPPED-ADDRESS */
	uint16_t error_code; /* 0 when absent */
	bool has_integrity, has_fingerprint;
	size_t integrity_at; /* offset of the MESSAGE-INTEGRITY attribute */
	uint16_t unknown
		[STUNMSG_UNKNOWN_MAX]; /* comprehension-required attributes not understood */
	size_t n_unknown;
};

/* First two bits zero and the magic cookie: worth parsing. */
bool stunmsg_is_likely(const uint8_t *p, size_t n);

/* EBADMSG for anything malformed, also a wrong FINGERPRINT. Slices point into p. */
int stunmsg_parse(struct stunmsg *out, const uint8_t *p, size_t n);

/* Constant-time check of MESSAGE-INTEGRITY with a short-term password; false when absent. */
bool stunmsg_check(
	const struct stunmsg *m, const uint8_t *p, size_t n, struct slice password);

/* Writing. Each returns 0 and *n, or ENOSPC. `password` keys MESSAGE-INTEGRITY; FINGERPRINT is added.
 * An IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d is written as IPv4; EAFNOSUPPORT
 * when `mapped` is neither. */
int stunmsg_write_success(uint8_t *buf, size_t cap, size_t *n,
	const uint8_t tid[STUNMSG_TID_SIZE], const struct sockaddr *mapped,
	struct slice password);
/* code 400..699; unknown[] is listed with 420. password may be empty: then no MESSAGE-INTEGRITY. */
int stunmsg_write_error(uint8_t *buf, size_t cap, size_t *n,
	const uint8_t tid[STUNMSG_TID_SIZE], uint16_t code, const char *reason,
	const uint16_t *unknown, size_t n_unknown, struct slice password);

/* A connectivity check of a controlling full agent, for tests and the native line client. */
struct stunmsg_check_request {
	uint8_t tid[STUNMSG_TID_SIZE];
	const char *username; /* "theirs:ours" */
	uint32_t priority;
	uint64_t tie_breaker;
	bool use_candidate;
};
int stunmsg_write_check(uint8_t *buf, size_t cap, size_t *n,
	const struct stunmsg_check_request *r, struct slice password);

#endif
