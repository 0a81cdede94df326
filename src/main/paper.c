/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* paper -- see paper.h. */
#include "main/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "main/commands.h"

int paper_house(struct app_paper *out, const struct options *o, const struct config *c,
	const struct signer *signer)
{
	int err = options_path(out->ledger, o->state, "ledger");

	if (!err)
		err = options_data(out->fonts, "fonts");
	if (!err)
		err = text_copy(out->name, sizeof out->name, c->ledger);
	signer_public(signer, out->key);
	return err;
}

static int open_house(
	struct app_paper *out, const struct options *o, const struct config *c)
{
	struct signer *signer = NULL;
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, o->state, "house.key");

	if (!err)
		err = signer_open(&signer, path, false);
	if (err)
		fprintf(stderr, "%s: the house's key cannot be read: %s.\n", path,
			strerror(err));
	else
		err = paper_house(out, o, c, signer);
	signer_close(signer);
	return err;
}

/* Personal: nobody else may read it. */
static int save(const char *path, const uint8_t *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err = 0;

	if (fd < 0)
		return errno;
	while (!err && n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno != EINTR)
			err = errno;
		p += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return close(fd) && !err ? errno : err;
}

static int make(const struct options *o, const struct config *c,
	const struct signed_copy *copy, const char *path)
{
	struct app_paper house;
	uint8_t *pdf = NULL;
	size_t n = 0;
	int err = open_house(&house, o, c);

	if (err)
		return 1;
	err = app_paper_make(&house, copy, &pdf, &n);
	if (err)
		fprintf(stderr, "heimamt: the PDF could not be made: %s%s.\n",
			strerror(err), err == ENOENT ? " (a font in fonts/)" : "");
	if (!err) {
		err = save(path, pdf, n);
		if (err)
			fprintf(stderr, "%s: %s.\n", path, strerror(err));
	}
	free(pdf);
	if (!err)
		puts(path);
	return err ? 1 : 0;
}

int paper_command(const struct options *o, const struct config *c, struct store *st)
{
	struct signed_copy *copy = NULL;
	struct store_agent agent;
	char path[OPTIONS_PATH_MAX];
	int err = store_find_agent(st, o->word, &agent);

	if (err) {
		fprintf(stderr, "heimamt: there is no agent \"%s\" in %s.\n", o->word,
			o->config);
		return 1;
	}
	err = store_load_signed(st, agent.id, &copy);
	if (!err)
		err = o->out ? text_copy(path, sizeof path, o->out)
			     : text_format(path, sizeof path, "agreement-%s-%u.pdf",
				       o->word, copy->s.version);
	if (err)
		fprintf(stderr, "heimamt: there is nothing to be printed: %s.\n",
			err == ENOENT ? "nothing was signed" : strerror(err));
	int status = err ? 1 : make(o, c, copy, path);

	signed_free(copy);
	return status;
}
