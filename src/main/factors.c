/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* factors -- heimamt factors LOGIN: how an agent proves who it is, and a beginning anew when a telephone is lost. */
#include <jansson.h>
#include <stdio.h>

#include "main/commands.h"
#include "main/options.h"
#include "store/credential.h"

static const char usage[] =
	"heimamt factors LOGIN [--reset] [--config FILE] [--state DIR] [--json]\n"
	"  Prints by what the agent proves who it is: a password, an authenticator app, "
	"passkeys.\n"
	"  --reset  takes all of them away and ends its sessions, when a device is lost. "
	"Then hand over a\n"
	"           link (heimamt link LOGIN) in person: with it the agent begins anew. "
	"The "
	"centre may be running.\n\n"
	"Example:\n"
	"  heimamt factors anna --reset --config dist/demo/heimamt.conf --state var\n";

static int print_factors(const struct options *o, struct store *st, uint64_t agent)
{
	struct store_credentials *c = NULL;
	unsigned n[STORE_PASSKEY + 1] = { 0 };

	if (store_load_credentials(st, &c))
		return 1;
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].agent == agent)
			n[c->v[i].kind]++;
	store_credentials_free(c);
	printf(o->json ? "{\"password\":%s,\"code_app\":%s,\"passkeys\":%u}\n"
		       : "password: %s, authenticator app: %s, passkeys: %u\n",
		n[STORE_PASSWORD] ? o->json ? "true" : "yes"
			: o->json ? "false"
				  : "no",
		n[STORE_TOTP]     ? o->json ? "true" : "yes"
			: o->json ? "false"
				  : "no",
		n[STORE_PASSKEY]);
	return 0;
}

int command_factors(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	struct store_agent agent;
	struct store *st = NULL;
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	status = options_open_agent(&o, usage, &c, &st, &agent);
	if (status)
		goto out;
	if (o.reset && store_reset_credentials(st, agent.id)) {
		fputs("heimamt: the records could not be changed.\n", stderr);
		status = 1;
		goto out;
	}
	status = print_factors(&o, st, agent.id);
out:
	store_close(st);
	config_close(&c);
	return status;
}
