/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: values of request headers, and the body of a login.  All questions get the same bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "web/addr.h"
#include "web/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whom a proxy brings is never a trusted proxy. */
static void forwarded(const char *s)
{
	struct addr_proxies p = { 0 };
	struct sockaddr_storage a;

	assert(!addr_trust(&p, "127.0.0.1") && !addr_trust(&p, "2001:db8::1"));
	if (addr_forwarded(&p, s, &a))
		assert(!addr_is_trusted(&p, &a));
}

static void ask_all(const char *s)
{
	static const struct request_house house = {
		.names = { "desk.example.org", "[2001:db8::7]:8443" },
		.n = 2,
		.port = 8470,
	};
	char token[WEB_TOKEN_SIZE], host[WEB_NAME_MAX], device[WEB_DEVICE_MAX];
	uint64_t n = 0;

	request_device(s, false, device);
	for (int secure = 0; secure < 2; secure++)
		if (request_session(s, secure, token))
			assert(request_is_token(token) && strstr(s, token));
	if (request_is_login_link(s))
		assert(strlen(s) == strlen("/login/") + WEB_TOKEN_SIZE - 1);
	if (request_is_our_host(s, &house, false))
		assert(strlen(s) == 14 ||
			strlen(s) == 10); /* 127.0.0.1 or localhost, [::1] */
	if (request_is_our_host(s, &house, true))
		assert(strlen(s) <= strlen("desk.example.org:8470"));
	if (request_is_name(s) && strlen(s) < WEB_NAME_MAX)
		request_host(s, host);
	forwarded(s);
	if (request_length(s, 1000, &n))
		assert(n <= 1000);
	(void)request_is_same_origin(s, "localhost:8470", false);
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
