/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: what asks by plain HTTP. It is led to a name of the house, whatever it says, in one clean line. */
#include <assert.h>
#include <string.h>

#include "web/redirect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct request_house house = {
		.names = { "desk.example.org", "[2001:db8::7]:8443" }, .n = 2, .port = 443
	};
	struct redirect_request rq;
	char to[PROBE_FIELD_MAX];
	const char *token;
	unsigned status;

	if (size > PROBE_REQUEST_MAX)
		size = PROBE_REQUEST_MAX;
	status = redirect_parse((const char *)data, size, &rq);
	assert(status == 0 || status == 200 || status == 400 || status == 405 ||
		status == 414 || status == 431);
	assert(status || size < PROBE_REQUEST_MAX);
	if (status != 200)
		return 0;
	assert(redirect_location(&house, &rq, to, sizeof to) == 0);
	assert(strncmp(to, "https://desk.example.org/", 25) == 0 ||
		strncmp(to, "https://[2001:db8::7]:8443/", 27) == 0);
	for (const char *p = to; *p; p++)
		assert(*p > ' ' && *p < 0x7F);
	token = redirect_token(rq.target);
	assert(!token ||
		(*token && strlen(token) <= REDIRECT_TOKEN_MAX &&
			!strpbrk(token, "./?%")));
	return 0;
}
