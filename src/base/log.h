/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * log -- one line per event on standard error, for journald or a terminal.
 *
 * Nothing personal is ever passed to it: a number or a name goes through mask_number() or mask_name()
 * first (mask.h).  Thread-safe: a line is one write().  Lines are cut at LOG_LINE_MAX.
 *
 * Where standard error is systemd's journal (JOURNAL_STREAM, systemd.exec(5)) a line has its priority (sd-daemon(3))
 * instead of time and level, which the journal knows.  After log_to_journal() it goes there as fields of its own: what
 * begins with "call ID" or "leg ID" has HEIMAMT_CALL or HEIMAMT_LEG, so `journalctl HEIMAMT_CALL=...` is one call's day.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#define LOG_LINE_MAX 512

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_NOTICE, /* nothing is wrong, and it must be found again: an access */
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_NONE
};

/* Before any thread is started. name: static, the process's short name. */
void log_init(const char *name, enum log_level least);
/* After it, likewise. path: the journal's socket; NULL: systemd's, if standard error is its journal. What it does not take goes
 * to standard error. False: there is none. */
bool log_to_journal(const char *path);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
