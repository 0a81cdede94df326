/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: a caller's token.  Nothing that was not made under the secret is good, and none is good for ever. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/caller_token.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW    INT64_C(1800000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct caller_tokens t;
	char *text = malloc(size + 1), token[CALLER_TOKEN_MAX], again[CALLER_TOKEN_MAX];

	if (!text || caller_tokens_init(&t, SECRET))
		abort();
	memcpy(text, data, size);
	text[size] = 0;
	/* the corpus has one that is good; whatever else is must be the same but for the case of its digits */
	if (caller_token_use(&t, text, NOW) == CALLER_TOKEN_GOOD)
		assert(strlen(text) <= CALLER_TOKEN_MAX && strchr(text, '.'));
	/* as a nonce it makes a token that is good, or none */
	if (caller_token_make(SECRET, NOW + 10, text, token, sizeof token) == 0) {
		memcpy(again, token, sizeof token);
		for (int i = 0; i < CALLER_TOKEN_CALLS; i++)
			assert(caller_token_use(&t, again, NOW) == CALLER_TOKEN_GOOD);
		assert(caller_token_use(&t, again, NOW) == CALLER_TOKEN_USED);
	}
	free(text);
	return 0;
}
