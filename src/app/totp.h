/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * totp -- one-time codes of an authenticator app: RFC 6238 over RFC 4226, as all of those apps take them: SHA-1, six
 * digits, 30 seconds.
 *
 * A code counts in its own step, the one before and the one after (RFC 6238 section 5.2: for the delay of typing, and
 * clocks apart), and only once: what was used, and what is older, is refused from then on.  Any thread; no state.
 */
#ifndef APP_TOTP_H
#define APP_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET 20 /* bytes: RFC 4226 section 4, R6 recommends 160 bits */
#define TOTP_STEP_S 30
#define TOTP_DIGITS 6
#define TOTP_URI    320 /* with NUL: a login of 63 bytes, all of them escaped, fits */

/* RFC 4226 section 5.3. */
uint32_t totp_code(const uint8_t secret[TOTP_SECRET], uint64_t step);
/* Six digits, with blanks among them as people type them; false: anything else. */
bool totp_read(const char *typed, uint32_t *code);
/* The step that it is the code of, later than `used`; -1: of none that counts now. */
int64_t totp_match(
	const uint8_t secret[TOTP_SECRET], uint32_t code, int64_t wall_ms, int64_t used);
/* "otpauth://totp/..." as those apps read it from a QR code (Google Authenticator, "Key Uri Format"). ENAMETOOLONG. */
int totp_uri(char *out, size_t cap, const char *login, const uint8_t secret[TOTP_SECRET]);

#endif
