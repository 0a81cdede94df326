/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * libsrtp -- libsrtp2 behind names of its own, for cross-checks and benchmarks.
 *
 * Its header and ours cannot meet in one file: both declare srtp_protect().  In the linked program ours
 * hides the library's, which is why only its _mki functions are called: nothing inside the library calls
 * the hidden two.
 */
#ifndef TESTS_LIBSRTP_H
#define TESTS_LIBSRTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct libsrtp;

#define LIBSRTP_ROOM 144 /* what the library asks for behind a packet */

enum libsrtp_suite { LIBSRTP_CM_80, LIBSRTP_CM_32, LIBSRTP_GCM };

/* key: 16 bytes and the 14 (GCM: 12) of the salt. sends: protects, else unprotects, any SSRC. */
int libsrtp_new(struct libsrtp **out, enum libsrtp_suite suite, const uint8_t key[30],
	unsigned long window, bool sends);
void libsrtp_free(struct libsrtp *s);

/* In place, 0 or the library's status; *n changes as with ours. */
int libsrtp_protect(struct libsrtp *s, bool rtcp, uint8_t *p, size_t *n);
int libsrtp_unprotect(struct libsrtp *s, bool rtcp, uint8_t *p, size_t *n);
bool libsrtp_is_replay(int status);
bool libsrtp_is_forged(int status);

#endif
