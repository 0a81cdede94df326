/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: Forwarded (RFC 7239). Whom it brings is never a trusted proxy, and nothing that is written before an element of
 * our proxy changes what that says. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "web/addr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char own[] = ",for=192.0.2.7;proto=https";
	struct sockaddr_storage a, wanted;
	struct addr_proxies p = { 0 };
	bool is_secure = false;
	char *s = malloc(size + sizeof own);

	if (!s)
		return 0;
	assert(!addr_trust(&p, "127.0.0.1") && !addr_trust(&p, "2001:db8::1"));
	assert(!addr_read(&wanted, "192.0.2.7"));
	if (size)
		memcpy(s, data, size);
	s[size] = 0;
	if (addr_forwarded_by(&p, s, &a, &is_secure))
		assert(!addr_is_trusted(&p, &a));
	else
		assert(!is_secure);
	memcpy(s + strlen(s), own, sizeof own);
	is_secure = false;
	assert(addr_forwarded_by(&p, s, &a, &is_secure));
	assert(is_secure && addr_is_same(&a, &wanted));
	free(s);
	return 0;
}
