/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: a line of a registry's file, and a network as a house writes it. Whatever is taken has its ends in order, both of
 * one family. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/country/country.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct country_net *net)
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };

	assert(memcmp(net->first, net->last, 16) <= 0);
	assert(country_has(net, 1, net));
	if (!memcmp(net->first, v4, sizeof v4))
		assert(!memcmp(net->last, v4, sizeof v4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char code[COUNTRY_CODE], *text = malloc(size + 1);
	struct country_net net;

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	if (country_line(slice_of(data, size), code, &net) == COUNTRY_LINE_NET) {
		assert(country_is_code(code));
		look(&net);
	}
	if (country_net(&net, text))
		look(&net);
	free(text);
	return 0;
}
