/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement -- is routing to an agent's home open at a moment, what is missing, and when does time alone change it?
 *
 * The house publishes versions of its text, numbered from 1, each from an effective date on; an agent signs one,
 * and the house countersigns [RULES P2].  Home routing needs what is in force the declaration of this
 * shift [N10], and a session of two factors [T4].  Nothing in here is "verified": a signature and a declaration are statements [P3].
 * The office needs none of it and is always open [P2, point 17].
 *
 * Two clocks: dates are of the wall clock, ms since 1970, which may jump; a declaration's age is of the monotonic
 * one.  What comes is therefore told as a time from now on.
 *
 * Pure, no memory of its own; the versions are the caller's, by number.  Any thread.
 */
#ifndef CORE_HOME_AGREEMENT_H
#define CORE_HOME_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOME_HASH 32 /* SHA-256 of a text, the UTF-8 bytes as they are */
/* A shift with what comes before and after it; nobody works longer [N10, point 15]. */
#define HOME_DECLARATION_MS (14 * INT64_C(3600000))
#define HOME_DAY_MS         INT64_C(86400000)

enum home_language {
	HOME_DE,
	HOME_FR,
	HOME_IT,
	HOME_EN,
	HOME_LANGUAGES,
};

/* The first version is material, whatever it says: nobody has signed anything before. */
struct home_version {
	uint32_t number;
	bool is_material; /* to be signed anew; else earlier signatures stay valid */
	int64_t effective_ms; /* wall; not before that of the version before */
	uint8_t hash[HOME_LANGUAGES][HOME_HASH];
};

/* What an agent and the house have said so far. All zero: nothing. */
struct home_standing {
	uint32_t signed_version; /* the highest since the last end; 0: none */
	bool is_countersigned; /* that signature */
	int64_t confirmed_ms; /* wall: of the last signature */
	bool is_ended; /* after the last signature, by whichever side [P2, point 17] */
	bool has_changed; /* "my situation at home changed", after the last signature [P2, point 13] */
};

struct home_declaration {
	bool is_made;
	int64_t at_ms; /* monotonic */
};

struct home_now {
	int64_t wall_ms, mono_ms;
};

/* What stands in the way; bits. */
enum home_missing {
	HOME_NOT_SIGNED = 1,
	HOME_OLD_VERSION = 2, /* signed, but a material version came into force since */
	HOME_NOT_COUNTERSIGNED = 4,
	HOME_RECONFIRM = 8, /* the interval is over */
	HOME_CHANGED = 16, /* the situation at home */
	HOME_ENDED = 32,
	HOME_NO_DECLARATION = 64,
	HOME_DECLARATION_OLD = 128,
	HOME_ONE_FACTOR = 256, /* the session proves who one is by one factor only [T4] */
	HOME_MISSINGS = 9, /* how many there are */
};
/* What a signature mends, and what a declaration mends. */
#define HOME_AGREEMENT_BITS                                                             \
	(HOME_NOT_SIGNED | HOME_OLD_VERSION | HOME_NOT_COUNTERSIGNED | HOME_RECONFIRM | \
		HOME_CHANGED | HOME_ENDED)
#define HOME_DECLARATION_BITS (HOME_NO_DECLARATION | HOME_DECLARATION_OLD)

struct home_case {
	const struct home_version *versions; /* published, by number from 1 on */
	size_t n;
	int64_t reconfirm_ms; /* the interval of P2; 0: none */
	const struct home_standing *standing;
	const struct home_declaration *declaration;
	bool has_two_factors; /* the session of the desk */
};

struct home_answer {
	unsigned missing; /* 0: home routing is open */
	uint32_t in_force; /* version; 0: none yet, and only the declaration counts */
	uint32_t
		to_sign; /* the version to be signed next: what is in force first, then what comes; 0: none */
	int64_t changes_in_ms; /* until time alone changes `missing`; -1: never */
};

struct home_answer home_decide(const struct home_case *c, struct home_now now);

/* "not_signed" ...: of one bit; the code on the desk. NULL: no such bit. */
const char *home_missing_word(unsigned bit);
/* "de" ...; NULL: no such language. */
const char *home_language_word(enum home_language language);
bool home_language_of(const char *word, enum home_language *out);

/* May a version with these be published after those? NULL, or the reason why not in words. */
const char *home_publish_refuses(const struct home_version *versions, size_t n,
	const struct home_version *next, int64_t wall_ms);

#endif
