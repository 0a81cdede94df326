/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls_record -- does a datagram look like what a DTLS 1.2 client sends?
 *
 * OpenSSL ends a handshake at the first readable record that makes no sense, so a stray or forged
 * datagram could end it.  RFC 6347 section 4.1.2.7 wants such records dropped silently, and here they are,
 * with the whole datagram that they came in.  What is sealed (epoch 1 and on) OpenSSL itself drops when
 * its tag is wrong.  Pure.
 */
#include "base/slice.h"
#include "relay/dtls_inner.h"

#define RECORD_HEADER  13 /* RFC 6347 section 4.1 */
#define RECORD_MAX     (16384 + 2048)
#define MESSAGE_HEADER 12 /* RFC 6347 section 4.2.2 */
#define MESSAGE_MAX    16384 /* a client's certificate has about 400 bytes */

enum content {
	CHANGE_CIPHER_SPEC = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION_DATA = 23
};

static uint32_t be24_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | be16_get(p + 1);
}

/* What a client says in clear: ClientHello, Certificate, CertificateVerify, ClientKeyExchange. */
static bool is_client_message(uint8_t type)
{
	return type == 1 || type == 11 || type == 15 || type == 16;
}

/* One or more fragments of messages. */
static bool messages_ok(struct slice s)
{
	while (s.n > 0) {
		if (s.n < MESSAGE_HEADER || !is_client_message(s.p[0]))
			return false;

		uint32_t whole = be24_get(s.p + 1), at = be24_get(s.p + 6),
			 part = be24_get(s.p + 9);

		if (whole > MESSAGE_MAX || at > whole || part > whole - at ||
			part > s.n - MESSAGE_HEADER)
			return false;
		s = slice_from(s, MESSAGE_HEADER + part);
	}
	return true;
}

static bool clear_record_ok(uint8_t type, struct slice body)
{
	switch (type) {
	case CHANGE_CIPHER_SPEC: return body.n == 1 && body.p[0] == 1;
	case ALERT: return body.n == 2 && (body.p[0] == 1 || body.p[0] == 2);
	case HANDSHAKE: return messages_ok(body);
	default: return false;
	}
}

bool dtls_datagram_ok(const uint8_t *p, size_t n)
{
	struct slice s = slice_of(p, n);

	while (s.n >= RECORD_HEADER) {
		uint8_t type = s.p[0];
		uint16_t epoch = be16_get(s.p + 3);
		size_t size = be16_get(s.p + 11);

		/* the version counts down from 0xFEFF; a first ClientHello may say 1.0 */
		if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA ||
			s.p[1] != 0xFE || size == 0 || size > RECORD_MAX ||
			size > s.n - RECORD_HEADER)
			return false;
		if (epoch == 0 &&
			!clear_record_ok(type, slice_of(s.p + RECORD_HEADER, size)))
			return false;
		s = slice_from(s, RECORD_HEADER + size);
		if (s.n == 0)
			return true;
	}
	return false;
}
