/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* agreement -- see agreement.h. */
#include "core/home/agreement.h"

#include <string.h>

static const char *const languages[HOME_LANGUAGES] = {
	[HOME_DE] = "de",
	[HOME_FR] = "fr",
	[HOME_IT] = "it",
	[HOME_EN] = "en",
};

/* 0: none yet. Versions come into force in their order: home_publish_refuses(). */
static uint32_t in_force(const struct home_case *c, int64_t wall_ms)
{
	size_t n = 0;

	while (n < c->n && c->versions[n].effective_ms <= wall_ms)
		n++;
	return (uint32_t)n;
}

/* The last version up to this one that had to be signed: an older signature does not do. */
static uint32_t last_material(const struct home_case *c, uint32_t version)
{
	while (version > 1 && !c->versions[version - 1].is_material)
		version--;
	return version;
}

/* P2: versioned, signed, countersigned, confirmed anew, revocable by both. */
static unsigned agreement_missing(const struct home_case *c, int64_t wall_ms)
{
	const struct home_standing *s = c->standing;
	uint32_t material = last_material(c, in_force(c, wall_ms));
	unsigned missing = 0;

	if (material == 0)
		return 0; /* nobody can sign what does not exist */
	if (s->is_ended)
		return HOME_ENDED; /* point 17 */
	if (s->signed_version == 0)
		return HOME_NOT_SIGNED;
	if (s->signed_version < material)
		return HOME_OLD_VERSION;
	if (!s->is_countersigned)
		missing |=
			HOME_NOT_COUNTERSIGNED; /* points 14 to 17 are the house's promises */
	if (s->has_changed)
		missing |= HOME_CHANGED; /* point 13 */
	if (c->reconfirm_ms > 0 && wall_ms - s->confirmed_ms >= c->reconfirm_ms)
		missing |= HOME_RECONFIRM; /* P2: at intervals */
	return missing;
}

/* N10: it lives for its shift. */
static unsigned declaration_missing(const struct home_case *c, int64_t mono_ms)
{
	if (!c->declaration->is_made)
		return HOME_NO_DECLARATION;
	return mono_ms - c->declaration->at_ms >= HOME_DECLARATION_MS
		? HOME_DECLARATION_OLD
		: 0;
}

static unsigned missing_in(const struct home_case *c, struct home_now now, int64_t ms)
{
	return agreement_missing(c, now.wall_ms + ms) |
		declaration_missing(c, now.mono_ms + ms) |
		(c->has_two_factors ? 0 : HOME_ONE_FACTOR); /* T4 */
}

/* A moment that may change the answer: does it, and sooner than what is known? */
static void look_at(
	const struct home_case *c, struct home_now now, int64_t ms, struct home_answer *a)
{
	if (ms <= 0 || (a->changes_in_ms >= 0 && ms >= a->changes_in_ms))
		return;
	if (missing_in(c, now, ms) != a->missing)
		a->changes_in_ms = ms;
}

/* First what is in force; only who has signed that may sign what comes, during paid time before its date. */
static uint32_t to_sign(const struct home_case *c, const struct home_answer *a)
{
	const struct home_standing *s = c->standing;
	uint32_t coming = last_material(c, (uint32_t)c->n);

	if (a->missing & HOME_AGREEMENT_BITS)
		return a->in_force;
	if (s->is_ended)
		return 0; /* and nothing is in force: it would be the first */
	return coming > a->in_force && s->signed_version < coming ? (uint32_t)c->n : 0;
}

struct home_answer home_decide(const struct home_case *c, struct home_now now)
{
	struct home_answer a = { .changes_in_ms = -1 };

	a.missing = missing_in(c, now, 0);
	a.in_force = in_force(c, now.wall_ms);
	a.to_sign = to_sign(c, &a);
	for (size_t i = 0; i < c->n; i++)
		look_at(c, now, c->versions[i].effective_ms - now.wall_ms, &a);
	if (c->reconfirm_ms > 0)
		look_at(c, now, c->standing->confirmed_ms + c->reconfirm_ms - now.wall_ms,
			&a);
	if (c->declaration->is_made)
		look_at(c, now, c->declaration->at_ms + HOME_DECLARATION_MS - now.mono_ms,
			&a);
	return a;
}

const char *home_missing_word(unsigned bit)
{
	switch (bit) {
	case HOME_NOT_SIGNED: return "not_signed";
	case HOME_OLD_VERSION: return "old_version";
	case HOME_NOT_COUNTERSIGNED: return "not_countersigned";
	case HOME_RECONFIRM: return "reconfirm";
	case HOME_CHANGED: return "changed";
	case HOME_ENDED: return "ended";
	case HOME_NO_DECLARATION: return "no_declaration";
	case HOME_DECLARATION_OLD: return "declaration_old";
	case HOME_ONE_FACTOR: return "one_factor";
	default: return NULL;
	}
}

const char *home_language_word(enum home_language language)
{
	return (unsigned)language < HOME_LANGUAGES ? languages[language] : NULL;
}

bool home_language_of(const char *word, enum home_language *out)
{
	for (unsigned i = 0; i < HOME_LANGUAGES; i++)
		if (strcmp(languages[i], word) == 0) {
			*out = (enum home_language)i;
			return true;
		}
	return false;
}

const char *home_publish_refuses(const struct home_version *versions, size_t n,
	const struct home_version *next, int64_t wall_ms)
{
	const struct home_version *last = n ? &versions[n - 1] : NULL;

	if (!last && !next->is_material)
		return "the first version cannot be editorial: nobody has signed another";
	if (next->effective_ms < wall_ms)
		return "the effective date is over; a version cannot come into force in "
		       "the "
		       "past";
	if (last && next->effective_ms < last->effective_ms)
		return "the version before comes into force later than that";
	if (last && memcmp(last->hash, next->hash, sizeof last->hash) == 0)
		return "the text is that of the last version, in every language";
	return NULL;
}
