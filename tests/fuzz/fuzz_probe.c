/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: the request of a monitor; whatever is taken is a clean path. */
#include <assert.h>
#include <string.h>

#include "web/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[PROBE_PATH_MAX];
	unsigned status;

	if (size > PROBE_REQUEST_MAX)
		size = PROBE_REQUEST_MAX;
	status = probe_parse((const char *)data, size, path);
	assert(status == 0 || status == 200 || status == 400 || status == 405 ||
		status == 414);
	assert(status || size < PROBE_REQUEST_MAX);
	if (status != 200)
		return 0;
	assert(*path == '/' && memchr(path, 0, sizeof path));
	for (const char *p = path; *p; p++)
		assert(*p > ' ' && *p < 0x7F && *p != '?');
	return 0;
}
