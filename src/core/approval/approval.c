/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* approval -- see approval.h. */
#include "core/approval/approval.h"

#include <string.h>

#include "base/ids.h"
#include "base/text.h"

static const char *const words[EVALUATIONS] = { "pulse", "comparison", "metrics" };

const char *evaluation_word(enum evaluation e)
{
	return words[e];
}

enum evaluation evaluation_of(const char *word)
{
	unsigned i = 0;

	while (i < EVALUATIONS && strcmp(words[i], word) != 0)
		i++;
	return (enum evaluation)i;
}

bool approval_is_on(const struct approval *a, size_t n, bool has_body,
	enum evaluation evaluation, uint64_t scope, int64_t at_ms)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i].evaluation != evaluation || (a[i].scope && a[i].scope != scope))
			continue;
		if (a[i].is_consultation && has_body)
			continue;
		if (a[i].withdrawn_ms && at_ms >= a[i].withdrawn_ms)
			continue;
		if (at_ms >= a[i].from_ms && at_ms < a[i].until_ms)
			return true;
	}
	return false;
}

const char *approval_refuses(const struct approval_statement *s, int64_t now_ms)
{
	if (s->signed_ms < now_ms - APPROVAL_CLOCK_MS ||
		s->signed_ms > now_ms + APPROVAL_CLOCK_MS)
		return "bad_time";
	/* never for what has been: nobody knew then that it would be looked at */
	if (s->from_ms < now_ms - APPROVAL_CLOCK_MS || s->until_ms <= s->from_ms ||
		s->until_ms <= now_ms || s->until_ms - s->from_ms > APPROVAL_LONGEST_MS)
		return "bad_span";
	return NULL;
}

static void scope_text(char out[IDS_TEXT_SIZE], uint64_t scope)
{
	if (scope)
		ids_text(out, scope);
	else
		(void)text_copy(out, IDS_TEXT_SIZE, "house");
}

size_t approval_statement_write(
	char out[APPROVAL_STATEMENT_MAX], const struct approval_statement *s)
{
	char scope[IDS_TEXT_SIZE], nonce[2 * APPROVAL_NONCE + 1];

	scope_text(scope, s->scope);
	text_hex(nonce, sizeof nonce, s->nonce, APPROVAL_NONCE);
	/* 320 bytes hold it with the longest numbers */
	(void)text_format(out, APPROVAL_STATEMENT_MAX,
		"heimamt approval 1\nevaluation: %s\nscope: %s\nfrom-ms: %lld\n"
		"until-ms: %lld\nsigned-ms: %lld\nnonce: %s\n",
		words[s->evaluation], scope, (long long)s->from_ms,
		(long long)s->until_ms, (long long)s->signed_ms, nonce);
	return strlen(out);
}

size_t approval_withdrawal_write(char out[APPROVAL_STATEMENT_MAX], uint64_t approval,
	int64_t signed_ms, const uint8_t *nonce)
{
	char hex[2 * APPROVAL_NONCE + 1];

	text_hex(hex, sizeof hex, nonce, APPROVAL_NONCE);
	(void)text_format(out, APPROVAL_STATEMENT_MAX,
		"heimamt withdrawal 1\napproval: %llu\nsigned-ms: %lld\nnonce: %s\n",
		(unsigned long long)approval, (long long)signed_ms, hex);
	return strlen(out);
}
