/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* paper -- see paper.h. */
#include "app/paper.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "paper/paper.h"
#include "store/ledger_proof.h"

/* *out stays NULL where there is none. */
static int prove(const struct app_paper *house, struct signed_place place, char **out)
{
	int err = place.segment
		? ledger_proof_read(out, house->ledger, place.segment, place.entry)
		: 0;

	return err == ENOENT || err == EBADMSG || err == ENODATA ? 0 : err;
}

/* A segment is a log of its own, with a name of its own. */
static int name_key(
	const struct app_paper *house, uint32_t segment, char out[NOTE_VKEY_MAX])
{
	struct ledger_sha256 sha = { 0 };
	char origin[NOTE_NAME_MAX];
	struct note_key key;
	int err = text_format(origin, sizeof origin, "%s/%" PRIu32, house->name, segment);

	if (!err)
		err = signer_sha256_open(&sha);
	if (!err)
		err = note_key_set(&key, &sha, origin, NOTE_LOG, house->key);
	if (!err)
		note_key_write(&key, out);
	signer_sha256_close(&sha);
	return err;
}

int app_paper_make(const struct app_paper *house, const struct signed_copy *c,
	uint8_t **pdf, size_t *n)
{
	char *proofs[PAPER_PROOFS] = { NULL, NULL };
	char key[NOTE_VKEY_MAX];
	int err = prove(house, c->signature, &proofs[0]);

	if (!err)
		err = prove(house, c->countersignature, &proofs[1]);
	if (!err)
		err = name_key(house, c->signature.segment, key);
	const struct paper p = {
		.name = c->name,
		.statement = { c->s.version, c->s.language, c->s.hash, c->s.agent,
			c->s.nonce },
		.effective_ms = c->effective_ms,
		.signed_ms = c->s.signed_ms,
		.text = c->text,
		.key = c->s.key,
		.signature = c->s.signature,
		.house_key = house->key,
		.countersignature = c->s.is_countersigned ? c->s.countersignature : NULL,
		.ledger_key = key,
		.proofs = { proofs[0], proofs[1] },
	};

	if (!err)
		err = paper_write(&p, house->fonts, pdf, n);
	free(proofs[0]);
	free(proofs[1]);
	return err;
}
