/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* enrol -- heimamt enrol LOGIN: a short code with which an agent's device registers its key, in person. */
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <time.h>

#include "main/commands.h"
#include "main/options.h"
#include "store/agreement.h"

#define CODE_S 600

static const char usage[] =
	"heimamt enrol LOGIN [--revoke] [--config FILE] [--state DIR] [--json]\n"
	"  Prints a code with which one device of the agent registers its key for "
	"signing "
	"the agreement.\n"
	"  Show it to the person in the room: who types it is believed to be the agent. "
	"It "
	"works once, for ten\n"
	"  minutes, and in place of an earlier one. The centre may be running.\n\n"
	"  --revoke  no code: the keys of the agent's devices sign no more, from this "
	"moment on. What was\n"
	"            signed stays. For a device that is lost; agents can revoke one at "
	"their desk.\n\n"
	"Example:\n"
	"  heimamt enrol anna --config dist/demo/heimamt.conf --state var\n";

/* Crockford's base 32: nothing in it is taken for something else. */
static int make_code(char code[APP_CODE_LEN + 1])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t secret[APP_CODE_LEN];

	if (RAND_bytes(secret, sizeof secret) != 1)
		return 1;
	for (size_t i = 0; i < APP_CODE_LEN; i++)
		code[i] = letters[secret[i] & 31];
	code[APP_CODE_LEN] = 0;
	OPENSSL_cleanse(secret, sizeof secret);
	return 0;
}

static int open_code(struct store *st, uint64_t agent, char code[APP_CODE_LEN + 1])
{
	uint8_t hash[STORE_HASH_SIZE];

	if (make_code(code))
		return 1;
	app_code_hash(hash, code);
	return store_open_code(st, agent, hash, ((int64_t)time(NULL) + CODE_S) * 1000);
}

static void print_code(const struct options *o, const char *code)
{
	if (o->json)
		printf("{\"code\":\"%.4s-%s\"}\n", code, code + 4);
	else
		printf("%.4s-%s\n", code, code + 4);
}

/* The exit status. */
static int revoke(const struct options *o, struct store *st, uint64_t agent)
{
	size_t n = 0;
	int err = store_revoke_keys(st, agent, options_wall_ms(), &n);

	if (err)
		fputs("heimamt: the revocation could not be recorded.\n", stderr);
	else if (o->json)
		printf("{\"revoked\":%zu}\n", n);
	else
		printf("%zu revoked.\n", n);
	return err ? 1 : 0;
}

int command_enrol(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	struct store_agent agent;
	struct store *st = NULL;
	char code[APP_CODE_LEN + 1];
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	status = options_open_agent(&o, usage, &c, &st, &agent);
	if (status)
		goto out;
	if (o.revoke) {
		status = revoke(&o, st, agent.id);
		goto out;
	}
	status = 1;
	if (open_code(st, agent.id, code)) {
		fputs("heimamt: the code could not be recorded.\n", stderr);
		goto out;
	}
	print_code(&o, code);
	status = 0;
out:
	store_close(st);
	config_close(&c);
	return status;
}
