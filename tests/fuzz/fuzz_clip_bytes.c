/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: clip_bytes.  The first byte is the codec; no packet leaves the file, and what passes is walked to its end and written
 * again as it was. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sound/clip_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum sound_codec c = size ? (enum sound_codec)(data[0] % SOUND_CODECS)
				  : SOUND_NONE;
	const uint8_t *p = data + !!size, *packet;
	size_t n = size - !!size, packets = 0, found = 0, at = 0, to = 0, n_bytes;
	int err = clip_bytes_check(c, p, n, &packets);
	uint8_t *again = malloc(n + 1);

	assert(err == 0 || err == EBADMSG || err == EFBIG || (err == EINVAL && !c));
	while (again && clip_bytes_next(p, n, &at, &packet, &n_bytes)) {
		assert(packet + n_bytes == p + at && at <= n);
		assert(clip_bytes_put(again, n, &to, packet, n_bytes) == 0 && to == at);
		found++;
	}
	assert(!again || err || (found == packets && to == n && !memcmp(again, p, n)));
	free(again);
	return 0;
}
