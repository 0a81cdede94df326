/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * support -- a folder for a database, a look into it past the store, and patience.
 *
 * Each test program includes it once; everything belongs to the test's thread.
 */
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"

#define PATIENCE_MS 60000 /* a loaded machine's; nothing is measured by it */
#define ANNA        UINT64_C(71)
#define BEAT        UINT64_C(72)
#define QUEUE       UINT64_C(81)

struct place {
	char dir[64];
	char path[96];
};

/* cmocka's setup and teardown; *state is a struct place. */
int place_make(void **state);
int place_remove(void **state);

struct store *must_open(const char *path);
void put_house(struct store *st); /* ANNA, BEAT and QUEUE */
struct store_call_event event_of(
	uint64_t call, int64_t at, enum store_event ev, uint64_t agent);
void must_add(struct store *st, const struct store_call_event *ev);
/* A whole call of four events, a fifth when it ends. */
int add_call(struct store *st, uint64_t call, bool ends);

bool is_written(struct store *st); /* waits; false when patience ended */
void must_be_written(struct store *st);

/* Through a connection of its own, opened and closed within; the first column of the first row. */
int64_t sql_int(const char *path, const char *sql);
void sql_text(const char *path, const char *sql, char *out, size_t cap); /* "" for NULL */
void sql_do(const char *path, const char *sql);

#endif
