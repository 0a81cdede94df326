/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * journal -- the core's events and actions as bytes, from which a day can be run again.
 *
 * A segment begins with what is needed to go on alone: the version of the core, its configuration, and a
 * snapshot of its whole state.  Then each event follows with the actions it had.  Every record is
 *
 *     be32 length of the payload | u8 type | payload | be64 check
 *
 * where the check covers record and former check, so a byte that was altered, a record that was left out or
 * put elsewhere is noticed there.  It has no secret: whoever means to forge a journal can compute it anew.
 * Agents and calls are written under pseudonyms (SipHash under the segment's key), and no name or number of
 * a person is in it.  The core treats an id as nothing but a name, so it acts the same under pseudonyms.
 *
 * Pure: no I/O, no clock; bytes leave through a function.  It allocates in acd_replay_init() only.
 * Cost: an event with its actions is some 100 bytes and a microsecond; a snapshot some 100 bytes for each
 * agent and call there is, and a look at each there could be.  Thread: that of the core it writes of.
 */
#ifndef CORE_ACD_JOURNAL_H
#define CORE_ACD_JOURNAL_H

#include "base/slice.h"
#include "core/acd/acd.h"
#include "core/acd/hash64.h"

/* One more with every change after which the same events have other actions, or a record other fields: a
 * journal is run again by the version that wrote it, or not at all. */
#define ACD_VERSION 5

#define ACD_RECORD_MAX \
	8192 /* bytes of a payload; 64 actions and an event are below 6,000 */
#define ACD_RECORD_FRAME     13 /* bytes around it */
#define ACD_JOURNAL_NAME_MAX 64
#define ACD_REPLAY_LIMIT \
	131072 /* calls, or agents: no journal makes a reader ask for more memory */

enum acd_record_type {
	ACD_REC_NONE,
	ACD_REC_HEAD,
	ACD_REC_LIMITS,
	ACD_REC_QUEUE, /* rules and name, one record each, in order */
	ACD_REC_SKILL, /* a name, one record each, in order; these three again before an ACD_EV_CONFIGURE */
	/* the snapshot, closed by STATE */
	ACD_REC_AGENT,
	ACD_REC_CALL,
	ACD_REC_DECLINED,
	ACD_REC_QUEUE_STATE, /* one for each queue, in order */
	ACD_REC_STATE,
	ACD_REC_EVENT, /* with verdict and actions */
	ACD_REC_END,
	ACD_RECORDS,
};

enum acd_journal_begun {
	ACD_BEGUN_STARTED, /* with its process */
	ACD_BEGUN_FULL, /* the one before was long or old enough */
	ACD_BEGUN_GAP, /* events could not be written; so many: lost */
	ACD_BEGUNS,
};

struct acd_journal_head {
	uint32_t version;
	enum acd_journal_begun begun;
	uint64_t lost;
	int64_t wall_ms,
		at_ms; /* the same moment: since 1970 UTC, and as the events tell it */
};

/* Texts are borrowed. What is longer than ACD_JOURNAL_NAME_MAX - 1 is cut. */
struct acd_journal_names {
	const char *const *queues; /* as many as the core has */
	const char *const *skills;
	size_t n_skills; /* at most ACD_SKILLS_MAX */
};

/* --- writing --- */

typedef void acd_journal_h(void *arg, const void *bytes, size_t n);

/* One segment while it is written. */
struct acd_journal {
	acd_journal_h *write;
	void *arg;
	struct hash64_key key;
	bool is_plain; /* ids as they are, not under pseudonyms: for tests */
	uint64_t chain; /* the last check */
	uint64_t n_events, n_bytes;
};

/* Head, configuration and the core as it is. write, arg and key are set, the rest is zero. head->version is
 * filled in. The core must not be in the middle of being restored: acd_journal_may_begin(). */
void acd_journal_begin(struct acd_journal *j, const struct acd *acd,
	const struct acd_journal_head *head, const struct acd_journal_names *names);
bool acd_journal_may_begin(const struct acd *acd);
/* Before the event ACD_EV_CONFIGURE is written: the rules of acd, which it brought into force. */
void acd_journal_rules(struct acd_journal *j, const struct acd *acd,
	const struct acd_journal_names *names);
void acd_journal_event(struct acd_journal *j, const struct acd_event *ev,
	const struct acd_actions *actions);
void acd_journal_end(struct acd_journal *j);
/* The pseudonym of an agent or a call in a segment of that key; 0 stays 0. */
uint64_t acd_journal_alias(const struct hash64_key *key, uint64_t id);

/* --- reading --- */

enum acd_read {
	ACD_READ_DONE,
	ACD_READ_OVER, /* no byte is left */
	ACD_READ_TORN, /* the last record is not whole: its writer was stopped */
	ACD_READ_ALTERED,
};

struct acd_reader {
	struct slice bytes; /* borrowed */
	size_t at;
	uint64_t chain;
};

struct acd_record {
	enum acd_record_type type;
	struct slice payload; /* in the bytes read */
};

/* *out is set on DONE; otherwise r->at stays where the first bad byte's record begins. */
enum acd_read acd_reader_next(struct acd_reader *r, struct acd_record *out);

/* --- running again --- */

enum acd_replayed {
	ACD_REPLAY_SAME, /* one event, the same actions */
	ACD_REPLAY_DIFFERS, /* one event, other actions: see `ev`, `recorded` and `actions` */
	ACD_REPLAY_ENDED, /* all of it, to its end */
	ACD_REPLAY_OPEN, /* all of it; it has no end, for it is still written, or its writer died */
	ACD_REPLAY_TORN, /* as OPEN, and its last record is not whole */
	ACD_REPLAY_ALTERED,
	ACD_REPLAY_FOREIGN, /* not a journal, or none of this version: head.version (0: no journal) */
	ACD_REPLAY_NONSENSE, /* the checks hold, and what it says cannot be */
	ACD_REPLAY_NO_MEMORY,
};

/* What the configuration's records say. */
struct acd_replay_rules {
	struct acd_limits limits;
	struct acd_queue_config queues[ACD_QUEUES_MAX];
	size_t n_queues;
};

struct acd_replay {
	struct acd_reader reader;
	struct acd_journal_head head;
	char queues[ACD_QUEUES_MAX][ACD_JOURNAL_NAME_MAX];
	char skills[ACD_SKILLS_MAX][ACD_JOURNAL_NAME_MAX];
	uint32_t n_skills;
	struct acd acd, next; /* next: while rules change */
	bool has_acd;
	struct acd_replay_rules rules;
	uint64_t n_events,
		n_actions; /* that were run; the last event is number n_events */
	struct acd_event ev; /* the last one */
	struct acd_actions actions, recorded;
};

/* Up to before the first event: SAME, or what is wrong. The bytes are borrowed until the close, which is to follow
 * in either case. Large: not for the stack. */
enum acd_replayed acd_replay_init(struct acd_replay *r, const void *bytes, size_t n);
void acd_replay_close(struct acd_replay *r);
/* One event more. After anything but SAME and DIFFERS nothing follows. */
enum acd_replayed acd_replay_next(struct acd_replay *r);

/* In words, such as "offer to agent 3f2a.. of call 91c0.., until 4200, could 1 home 2 office"; cut where it does
 * not fit. */
#define ACD_WORDS_MAX 256
const char *acd_action_word(enum acd_action_type type);
void acd_event_words(char out[ACD_WORDS_MAX], const struct acd_event *ev);
void acd_action_words(char out[ACD_WORDS_MAX], const struct acd_action *a);
const char *acd_verdict_word(enum acd_verdict v);

#endif
