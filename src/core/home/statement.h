/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * statement -- the exact bytes that an agent signs and the house countersigns [RULES P2].
 *
 * Lines of ASCII, each ended by LF, in one order, so that anybody can write them again from the records.  Pure.
 */
#ifndef CORE_HOME_STATEMENT_H
#define CORE_HOME_STATEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/home/agreement.h"

#define HOME_NONCE         32
#define HOME_STATEMENT_MAX 320
#define HOME_COUNTER_MAX   800

struct home_statement {
	uint32_t version;
	enum home_language language;
	const uint8_t *hash; /* HOME_HASH bytes, of the text in that language */
	uint64_t agent;
	const uint8_t *nonce; /* HOME_NONCE bytes, the server's */
};

/* With NUL; the length without it. */
size_t home_statement_write(char out[HOME_STATEMENT_MAX], const struct home_statement *s);

/* What the house signs: that statement, with whose signature it is and when it came. point: 65 bytes, signature:
 * 64. */
size_t home_counter_write(char out[HOME_COUNTER_MAX], const struct home_statement *s,
	const uint8_t *point, const uint8_t *signature, int64_t signed_ms);

/* What the signature is worth, in the reader's language, beside it wherever it is shown [RULES P2, P3]. */
const char *home_label(enum home_language language);

#endif
