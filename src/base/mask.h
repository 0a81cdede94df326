/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * mask -- what may be logged of something personal.
 *
 * A masked value lets two log lines of one call be recognised by a human reader at best; it does not
 * identify.  [RULES C1, C6; STYLE 10]  Any thread; no state.
 */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#define MASK_SIZE 24

/* A telephone number or SIP user: all but the last two characters become '*', at most 12 shown;
 * shorter than five: all of them. NULL or empty: "-". Returns out. */
const char *mask_number(char out[MASK_SIZE], const char *number);

/* A person's name: the first letter (UTF-8) and an ellipsis. NULL or empty: "-". Returns out. */
const char *mask_name(char out[MASK_SIZE], const char *name);

#endif
