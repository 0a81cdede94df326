/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * text -- bounded C strings and hexadecimal.
 *
 * Every function states what does not fit instead of cutting silently.  Any thread; no state.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copy with NUL; ENAMETOOLONG when it does not fit (dst untouched). */
int text_copy(char *dst, size_t cap, const char *src);

/* printf into dst; ENAMETOOLONG when it does not fit (dst then holds the cut text). */
int text_format(char *dst, size_t cap, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Lower-case hexadecimal with NUL; cap must be at least 2 * n + 1. */
void text_hex(char *dst, size_t cap, const uint8_t *src, size_t n);

/* Exactly n bytes from 2 * n hexadecimal digits of either case; EINVAL otherwise. */
int text_unhex(uint8_t *dst, size_t n, const char *src);

/* Well-formed UTF-8 (RFC 3629) and no control characters: fit to be shown to a person. */
bool text_is_clean_utf8(const char *s);

#endif
