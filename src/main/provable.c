/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* provable -- the house's key and its ledger: opened at the start, and told when the configuration changed. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"
#include "store/ledger_read.h"

#define CONFIG_MAX (4u << 20) /* of ten thousand agents */

static int open_key(struct centre *c)
{
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, c->options.state, "house.key");

	if (!err)
		err = signer_open(&c->signer, path, true);
	if (err)
		fprintf(stderr,
			"%s: the house's key cannot be read: %s%s. It signs the ledger "
			"and what is countersigned; "
			"bring "
			"it back from the backup.\n",
			path, strerror(err),
			err == EACCES ? " (nobody but its owner may read it: chmod 600)"
				      : "");
	return err;
}

static void tell_damage(const struct centre *c)
{
	struct ledger_file_info info;

	ledger_file_info(c->ledger, &info);
	if (info.damage.segment)
		log_error("ledger: the damage of segment %u, from entry %llu on, is not "
			  "acknowledged; heimamt ledger verify says more",
			info.damage.segment, (unsigned long long)info.damage.first_bad);
}

int provable_open(struct centre *c)
{
	char dir[OPTIONS_PATH_MAX];
	int err = open_key(c);
	const struct ledger_file_config cfg = { dir, c->config.ledger, c->signer };

	if (!err)
		err = options_path(dir, c->options.state, "ledger");
	if (err)
		return err;
	err = ledger_file_open(&c->ledger, &cfg, options_wall_ms());
	if (err)
		fprintf(stderr, "%s: the ledger cannot be opened: %s.\n", dir,
			strerror(err));
	else
		tell_damage(c);
	if (!err) /* the writer's thread has it from now on */
		(void)text_copy(c->configured, sizeof c->configured,
			ledger_file_configuration(c->ledger));
	return err;
}

/* "{"sha256":"..."}" of the file. */
static int describe(const char *path, char *out, size_t cap)
{
	char *bytes = malloc(CONFIG_MAX), hex[2 * LEDGER_HASH + 1];
	uint8_t hash[LEDGER_HASH];
	size_t n = 0;
	int err = bytes ? ledger_read_text(path, bytes, CONFIG_MAX, &n) : ENOMEM;

	if (!err && EVP_Digest(bytes, n, hash, NULL, EVP_sha256(), NULL) != 1)
		err = EIO;
	free(bytes);
	if (err)
		return err;
	text_hex(hex, sizeof hex, hash, sizeof hash);
	return text_format(out, cap, "{\"sha256\":\"%s\"}", hex);
}

void provable_configuration(struct centre *c)
{
	char text[LEDGER_LAST_MAX];
	int err = describe(c->options.config, text, sizeof text);

	if (!err && strcmp(text, c->configured) == 0)
		return;
	if (!err)
		err = store_add_entry(c->store, LEDGER_CONFIGURATION, 0, text);
	if (err)
		log_error(
			"ledger: that the configuration changed could not be written: %s",
			strerror(err));
	else
		(void)text_copy(c->configured, sizeof c->configured, text);
}

void provable_close(struct centre *c)
{
	ledger_file_close(c->ledger);
	signer_close(c->signer);
	c->ledger = NULL;
	c->signer = NULL;
}
