/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* device -- see device.h */
#include "app/device.h"

#include <string.h>

#include "base/base64.h"
#include "store/sealer.h"

#define NONCE  16
#define SECRET (1 + NONCE)
#define SEALED (SECRET + SEALER_MORE)
#define MARK \
	'D' /* what else is sealed with this key begins otherwise, or has another length */

void device_make(struct app *app, uint64_t agent, char out[WEB_DEVICE_MAX])
{
	uint8_t secret[SECRET] = { MARK }, sealed[SEALED];
	struct wbuf w = wbuf_of(out, WEB_DEVICE_MAX);

	_Static_assert(BASE64_SIZE(SEALED) < WEB_DEVICE_MAX, "it fits");
	app->ports.random(app->ports.arg, secret + 1, NONCE);
	out[0] = 0;
	if (app->ports.seal(app->ports.arg, agent, secret, sizeof secret, sealed))
		return;
	base64_write(&w, BASE64_URL, slice_of(sealed, sizeof sealed));
	wbuf_u8(&w, 0);
}

uint64_t device_number(const struct app *app, uint64_t agent, const char *cookie)
{
	uint8_t sealed[SEALED], secret[SECRET];
	uint64_t number;
	size_t n = 0;

	if (base64_read(sealed, sizeof sealed, &n, BASE64_URL, slice_str(cookie)) ||
		n != sizeof sealed ||
		app->ports.unseal(app->ports.arg, agent, sealed, sizeof sealed, secret) ||
		secret[0] != MARK || !agent)
		return 0;
	memcpy(&number, secret + 1, sizeof number);
	return number ? number : 1;
}
