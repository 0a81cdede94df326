/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* statement -- see statement.h. */
#include "core/home/statement.h"

#include <string.h>

#include "base/ids.h"
#include "base/text.h"

size_t home_statement_write(char out[HOME_STATEMENT_MAX], const struct home_statement *s)
{
	char hash[2 * HOME_HASH + 1], nonce[2 * HOME_NONCE + 1], agent[IDS_TEXT_SIZE];

	text_hex(hash, sizeof hash, s->hash, HOME_HASH);
	text_hex(nonce, sizeof nonce, s->nonce, HOME_NONCE);
	ids_text(agent, s->agent);
	/* 320 bytes hold it with the longest number */
	(void)text_format(out, HOME_STATEMENT_MAX,
		"heimamt agreement 1\nversion: %u\nlanguage: %s\ntext-sha256: %s\n"
		"agent: %s\nnonce: %s\n",
		s->version, home_language_word(s->language), hash, agent, nonce);
	return strlen(out);
}

size_t home_counter_write(char out[HOME_COUNTER_MAX], const struct home_statement *s,
	const uint8_t *point, const uint8_t *signature, int64_t signed_ms)
{
	char statement[HOME_STATEMENT_MAX], key[131], sig[129];

	(void)home_statement_write(statement, s);
	text_hex(key, sizeof key, point, 65);
	text_hex(sig, sizeof sig, signature, 64);
	(void)text_format(out, HOME_COUNTER_MAX,
		"heimamt countersignature 1\n%spublic-key: %s\nsignature: %s\n"
		"signed-ms: %lld\n",
		statement, key, sig, (long long)signed_ms);
	return strlen(out);
}

const char *home_label(enum home_language language)
{
	static const char *const labels[HOME_LANGUAGES] = {
		[HOME_DE] =
			"Einfache elektronische Signatur mit technischem Nachweis; der "
			"eigenhändigen Unterschrift nicht gleichgestellt (OR 14 Abs. "
			"2bis).",
		[HOME_FR] = "Signature électronique simple avec preuve technique ; elle "
			    "n'est "
			    "pas assimilée à la signature manuscrite (CO 14 al. 2bis).",
		[HOME_IT] =
			"Firma elettronica semplice con prova tecnica; non è equiparata "
			"alla firma autografa (CO 14 cpv. 2bis).",
		[HOME_EN] = "Simple electronic signature with technical evidence, not "
			    "equal to "
			    "handwriting (OR 14(2bis)).",
	};

	return labels[language];
}
