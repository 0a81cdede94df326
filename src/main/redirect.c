/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* redirect -- where browsers that ask by plain HTTP are led; see web/redirect.h.  Part of centre. */
#include <stdio.h>
#include <string.h>

#include "main/centre.h"

int redirect_begin(struct centre *c)
{
	const struct config *cfg = &c->config;
	struct request_house house = { .n = cfg->n_names, .port = web_port(c->web) };
	int err;

	if (!cfg->redirect_port)
		return 0;
	memcpy(house.names, cfg->names, sizeof house.names);
	err = redirect_new(&c->redirect, &c->loop, cfg->web_addr, cfg->redirect_port,
		&house, cfg->acme_folder);
	if (err)
		fprintf(stderr,
			"web: %s port %u cannot be listened on: %s. Set another "
			"web.redirect-port in %s, or 0.\n",
			cfg->web_addr, cfg->redirect_port, strerror(err),
			c->options.config);
	return err;
}

void redirect_end(struct centre *c)
{
	redirect_free(c->redirect);
	c->redirect = NULL;
}
