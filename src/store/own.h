/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * own -- the register of what is kept: each table and column, what it is for, who reads it, and when it goes.
 *
 * It is one table (own_table.c), and everything else follows it [RULES N6, N10, C7; DSG Art. 12, 25]: the removal of old
 * rows (purge.c) is made of its rules, an agent's own data is read by its conditions, docs/store.md is printed from it
 * (heimamt own --register).  tests/unit/store/test_own.c compares it with the schema, so that a column cannot be
 * forgotten.  HACKING.md says what to add for a new table.
 *
 * What is kept beside the records (files, memory) stands in own_places; it is described, and not read here.
 */
#ifndef STORE_OWN_H
#define STORE_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OWN_RULES_MAX   2
#define OWN_COLUMNS_MAX 32
#define OWN_SQL_MAX     4096

/* Who reads it: the first five are the roles of people, in their order and bits. */
enum own_reader {
	OWN_BY_AGENT = 1, /* whom it is about */
	OWN_BY_LEAD = 2,
	OWN_BY_ADMIN = 4,
	OWN_BY_OFFICER = 8,
	OWN_BY_STAFF = 16,
	OWN_BY_PROGRAM = 32, /* the centre itself, to work */
	OWN_BY_OPERATOR = 64, /* whoever may read the file */
	OWN_BY_DOOR = 128, /* who stands before the display at the door */
	OWN_BY_COLLEAGUES = 256,
	OWN_BY_CUSTODIAN = 512, /* witnesses, and to whom the agent hands a proof */
};
#define OWN_READERS 10
/* The word of bit i, "agent" ...; i < OWN_READERS. */
const char *own_reader_word(unsigned i);

enum own_kind {
	OWN_INT,
	OWN_FLAG, /* 0 or 1 */
	OWN_ID, /* of the centre's 63 bits: given as text, ids_text() */
	OWN_TIME, /* ms since 1970 UTC */
	OWN_TEXT,
	OWN_BYTES,
	OWN_WHO, /* an agent: given when it is the one who asks, withheld when it is somebody else */
	OWN_SECRET, /* a hash of a token, a sealed key: that it is held is said, itself it is never given */
	OWN_OTHERS, /* concerns somebody else, or leads to one: not given */
};

struct own_column {
	const char *name; /* NULL: the end of the list */
	enum own_kind kind;
	const char *what; /* it says, in a few words */
};

/* When a row goes: `days` after the date, an SQL expression over the row `t` in ms since 1970; NULL: it stays for now.
 * Of two rules the first is the earlier, and forgets who it was about. */
struct own_rule {
	const char *date; /* NULL: no rule */
	int days;
	const char *forget; /* the column that becomes NULL; NULL: the whole row goes */
};

enum own_end {
	OWN_BY_DATE, /* by its rules, at the latest; many go earlier, see `goes` */
	OWN_WITH_AGENT, /* with the agent's row, by ON DELETE CASCADE; or it is that row */
	OWN_WITH_ROW, /* with the row of another table that it belongs to, by ON DELETE CASCADE */
	OWN_STAYS, /* about nobody, or named with its reason in `goes` */
};

struct own_table {
	const char *name;
	const char *key; /* the columns that name a row */
	const char *
		mine; /* SQL over the row `t`: it is about agent ?1; NULL: about no agent */
	const char *purpose;
	unsigned readers; /* enum own_reader */
	enum own_end end;
	struct own_rule rules[OWN_RULES_MAX];
	const char *goes; /* in words */
	const struct own_column *columns; /* up to the one without a name */
};

extern const struct own_table
	own_tables[]; /* in the order in which old rows are removed */
extern const size_t own_tables_n;

/* What is held about agents elsewhere. */
struct own_place {
	const char *name; /* of its words on the page */
	const char *where;
	const char *what, *purpose;
	unsigned readers;
	const char *goes;
	const char *given; /* where the agent sees it, or why it cannot be given */
};
extern const struct own_place own_places[];
extern const size_t own_places_n;

/* --- what is held about one agent --- */
struct own_cell {
	const struct own_column *column;
	bool is_null;
	bool is_withheld; /* a secret, or somebody else's: nothing of it follows */
	int64_t number; /* OWN_INT, _FLAG, _ID, _TIME, _WHO */
	const void *bytes; /* OWN_TEXT, OWN_BYTES; borrowed until the handler returns */
	size_t n;
};

/* A row about the agent; goes_ms: when it goes or forgets the agent, 0: no date, see table->goes. Nonzero ends the
 * reading with that error. cells[0..n) in the order of the columns. */
typedef int own_row_h(void *arg, const struct own_table *table,
	const struct own_cell *cells, size_t n, int64_t goes_ms);

struct store;
struct sqlite3;
/* All rows about the agent, table by table, of one moment; the owner's thread, synchronous. EIO, ENOMEM. */
int store_own(struct store *st, uint64_t agent, own_row_h *h, void *arg);
/* The same on a connection of the caller's and within its transaction: in a store_job. */
int own_read(struct sqlite3 *db, uint64_t agent, own_row_h *h, void *arg);

#endif
