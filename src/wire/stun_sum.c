/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stun_sum -- the two checksums of STUN; see stun_inner.h.  Owns nothing; any thread. */
#include "wire/stun_inner.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "wire/stun.h"

#define FINGERPRINT_XOR 0x5354554Eu /* "STUN", RFC 8489 section 14.7 */

/* The CRC of ITU V.42 (reflected 0x04C11DB7), four bits at a time: a check has some 100 bytes. */
static uint32_t crc32(const uint8_t *p, size_t n)
{
	static const uint32_t nibble[16] = { 0x00000000, 0x1DB71064, 0x3B6E20C8,
		0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C, 0xEDB88320,
		0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278,
		0xBDBDF21C };
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

uint32_t stun_fingerprint(const uint8_t *p, size_t n)
{
	return crc32(p, n) ^ FINGERPRINT_XOR;
}

int stun_integrity(
	uint8_t mac[STUN_INTEGRITY], const uint8_t *p, size_t n, struct slice key)
{
	uint8_t copy[STUNMSG_MAX];

	assert(n >= STUNMSG_HEADER && n <= sizeof copy);
	memcpy(copy, p, n);
	be16_put(copy + 2,
		(uint16_t)(n - STUNMSG_HEADER + STUN_ATTR_HEADER + STUN_INTEGRITY));
	if (!HMAC(EVP_sha1(), key.n ? (const void *)key.p : "", (int)key.n, copy, n, mac,
		    NULL))
		return EIO;
	return 0;
}
