/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * log -- one line per event on standard error, for journald or a terminal.
 *
 * Nothing personal is ever passed to it: a number or a name goes through mask_number() or mask_name()
 * first (mask.h).  Thread-safe: a line is one write().  Lines are cut at LOG_LINE_MAX.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#define LOG_LINE_MAX 512

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_NONE
};

/* Before any thread is started. name: static, the process's short name. */
void log_init(const char *name, enum log_level least);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
