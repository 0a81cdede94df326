/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: values of request headers, and the body of a login.  All questions get the same bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "web/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_all(const char *s)
{
	char token[WEB_TOKEN_SIZE];
	uint64_t n = 0;

	if (request_session(s, token))
		assert(request_is_token(token) && strstr(s, token));
	if (request_is_login_link(s))
		assert(strlen(s) == strlen("/login/") + WEB_TOKEN_SIZE - 1);
	if (request_is_our_host(s, 8470))
		assert(strlen(s) == 14 ||
			strlen(s) == 10); /* 127.0.0.1 or localhost, [::1] */
	if (request_length(s, 1000, &n))
		assert(n <= 1000);
	(void)request_is_same_origin(s, "localhost:8470");
	(void)request_has_etag(s, "\"0123456789abcdef\"");
	(void)request_is_json(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char token[WEB_TOKEN_SIZE];
	char *s = malloc(size + 1);

	if (!s)
		return 0;
	if (size)
		memcpy(s, data, size);
	s[size] = 0;
	if (request_login_token(s, size, token) == 0)
		assert(request_is_token(token));
	ask_all(s);
	free(s);
	return 0;
}
