/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turn -- see turn.h */
#include "app/turn.h"

#include <errno.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

#define MAC_SIZE 20

int turn_account(const char *secret, int64_t expiry_s, const uint8_t name[TURN_NAME_SIZE],
	struct turn_account *out)
{
	struct turn_account a = { 0 };
	char hex[2 * TURN_NAME_SIZE + 1];
	uint8_t mac[MAC_SIZE];
	unsigned n = sizeof mac;
	struct wbuf w = wbuf_of(a.password, sizeof a.password - 1);
	int err;

	text_hex(hex, sizeof hex, name, TURN_NAME_SIZE);
	err = text_format(a.user, sizeof a.user, "%lld:%s", (long long)expiry_s, hex);
	if (err)
		return err;
	if (!HMAC(EVP_sha1(), secret, (int)strlen(secret), (const uint8_t *)a.user,
		    strlen(a.user), mac, &n) ||
		n != sizeof mac)
		return EIO;
	base64_write(&w, BASE64_PADDED, slice_of((const char *)mac, sizeof mac));
	*out = a;
	return 0;
}

size_t turn_urls(const struct app_turn_config *cfg, char out[TURN_URLS_MAX][TURN_URL_MAX])
{
	const struct {
		const char *scheme, *transport;
		uint16_t port;
	} all[TURN_URLS_MAX] = {
		{ "turn", "udp", cfg->port },
		{ "turn", "tcp", cfg->port },
		{ "turns", "tcp", cfg->tls_port },
	};
	size_t n = 0;

	for (size_t i = 0; *cfg->host && i < TURN_URLS_MAX; i++)
		if (all[i].port &&
			text_format(out[n], TURN_URL_MAX, "%s:%s:%u?transport=%s",
				all[i].scheme, cfg->host, all[i].port,
				all[i].transport) == 0)
			n++;
	return n;
}
