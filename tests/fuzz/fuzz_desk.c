/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: a page's message.  What is read keeps the header's promises, and what we would answer to it is
 * JSON again.
 */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "web/desk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL: no memory */
static void check_json(char *text)
{
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	assert(!text || json_is_object(root));
	json_decref(root);
	free(text);
}

static void check_word(const char *word, bool is_needed)
{
	assert((word != NULL) == is_needed);
	assert(!word || (*word && strlen(word) <= DESK_WORD_MAX));
}

static void check_agreement(const struct desk_msg *m)
{
	static const uint8_t bytes[32];
	bool signs = m->type == DESK_AGREEMENT_SIGN;
	bool enrols = m->type == DESK_AGREEMENT_ENROL;
	struct desk_agreement a = { .language = m->language,
		.text = m->code,
		.hash = bytes,
		.nonce = bytes,
		.label = m->signature,
		.ref = m->ref };

	check_word(m->language,
		signs || m->type == DESK_AGREEMENT_READ ||
			(m->type == DESK_CALL && m->language));
	check_word(m->token, m->type == DESK_CALL && m->token);
	check_word(m->code, enrols);
	check_word(m->key, enrols || signs);
	check_word(m->hash, signs);
	check_word(m->nonce, signs);
	check_word(m->signature, signs);
	assert((m->version != 0) == signs);
	if (m->code)
		check_json(desk_write_agreement(&a));
}

static void check_message(const struct desk_msg *m)
{
	size_t n = m->sdp ? strlen(m->sdp) : 1;
	struct desk_line_answer a = { .sdp = m->sdp ? m->sdp : "", .ref = m->ref };

	assert(m->type <= DESK_PLACE);
	assert(n > 0 && n <= DESK_SDP_MAX);
	assert(memchr(m->ref, 0, sizeof m->ref));
	assert((m->type == DESK_CALL || m->type == DESK_LINE_OFFER ||
		       m->type == DESK_LINE_CODEC) == (m->sdp != NULL));
	assert((m->type == DESK_HELLO) == (m->protocol != 0));
	check_agreement(m);
	assert(m->call ||
		(m->type != DESK_ACCEPT && m->type != DESK_DECLINE &&
			m->type != DESK_KEY && m->type != DESK_TRANSFER));
	assert(m->digit <= 11 && (m->type == DESK_KEY || m->digit == 0));
	assert((m->type == DESK_TRANSFER) == (m->to_agent || m->to_queue));
	assert(!m->to_agent || !m->to_queue);
	assert(m->minutes <= DESK_BACK_MAX);
	assert(m->type == DESK_DOOR_BACK || m->minutes == 0);
	check_json(desk_write_error("bad_message", m->ref));
	check_json(desk_write_line_answer(&a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct desk_parsed *p = NULL;
	struct desk_msg m;

	if (desk_parse(&p, &m, (const char *)data, size) == 0)
		check_message(&m);
	desk_parsed_free(p);
	return 0;
}
