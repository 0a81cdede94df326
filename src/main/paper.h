/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* paper -- what papers need of the house, and heimamt agreement pdf. */
#ifndef MAIN_PAPER_H
#define MAIN_PAPER_H

#include "app/paper.h"
#include "main/options.h"

/* EINVAL: a path or the ledger's name is too long. */
int paper_house(struct app_paper *out, const struct options *o, const struct config *c,
	const struct signer *signer);
/* An agent's own copy into --out, or a file named for it; says what it did. The exit status. */
int paper_command(const struct options *o, const struct config *c, struct store *st);

#endif
