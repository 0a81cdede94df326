/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_text -- see config_text.h */
#include "config_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void config_text_load(struct config *c, const char *text, struct config_report *r)
{
	char path[] = "/tmp/heimamt-config-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (config_load(c, path, r))
		fail_msg("%s", r->n_complaints ? r->complaints[0].text : "no memory");
	unlink(path);
}
