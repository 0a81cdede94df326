/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_inner -- what the files of ledger_file share. */
#ifndef STORE_LEDGER_INNER_H
#define STORE_LEDGER_INNER_H

#include <inttypes.h>

#include "store/ledger_file.h"
#include "store/ledger_read.h"

#define LEDGER_PATH_MAX 1024
#define FIRST_MAX       256 /* the text of a segment's first entry */
#define SEGMENTS_MAX    1024 /* each but the first follows a damage */
/* The texts that are read again. */
#define SEGMENT         "{\"segment\":"
#define AFTER           "{\"after\":"
#define FIRST_BAD       "\"first_bad\":"
#define REWRITTEN       "\"rewritten\":"
#define ACKNOWLEDGEMENT SEGMENT "%" PRIu32 ",\"by\":\"%s\"}"
#define ENTRY           "\"entry\":"
#define ERASURE         SEGMENT "%" PRIu32 "," ENTRY "%" PRIu64 "}"

struct damage {
	uint32_t segment;
	uint64_t first_bad;
	bool is_rewritten, is_acknowledged;
};

/* Where writing stands. */
struct ledger_mark {
	uint64_t end; /* bytes of the file */
	struct ledger_hash chain;
	struct ledger_tree tree;
};

struct ledger_file {
	char dir[LEDGER_PATH_MAX];
	char house[NOTE_NAME_MAX]; /* the configured origin */
	const struct signer *signer;
	struct ledger_sha256 sha;
	int dir_fd, fd;
	struct ledger_head head;
	struct note_key key;
	struct ledger_mark now, counted; /* with what was put; as of the last sync */
	char configuration
		[LEDGER_LAST_MAX]; /* the text of the last such entry; "" none */
	uint8_t *buffer; /* LEDGER_ENTRY_MAX, owned */
	struct damage damages[SEGMENTS_MAX];
	size_t n_damages;
};

/* ledger_file.c */
int ledger_segment_path(const struct ledger_file *lf, uint32_t segment,
	const char *ending, char out[LEDGER_PATH_MAX]);
int ledger_segment_head(
	const struct ledger_file *lf, uint32_t segment, struct ledger_head *out);
int ledger_key_of(const struct ledger_file *lf, const struct ledger_head *head,
	struct note_key *out);
int ledger_write_at(int fd, const uint8_t *p, size_t n, uint64_t at);
/* A new segment; before: the damage that it follows, NULL: none. */
int ledger_begin(struct ledger_file *lf, uint32_t segment, const struct damage *before,
	int64_t now_ms);
struct damage *ledger_damage_of(struct ledger_file *lf, uint32_t segment); /* NULL */

/* ledger_start.c: reads and checks what is there, and goes on with it or begins. */
int ledger_start(struct ledger_file *lf, int64_t now_ms);

/* ledger_erase.c: what was said in this segment and a crash interrupted. */
int ledger_finish_erasures(struct ledger_file *lf, const struct ledger_read *r);
/* The number between this text and that character, of which s is the rest then; false: it does not stand there. */
bool ledger_number(struct slice *s, const char *before, char end, uint64_t *out);

#endif
