/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* folder -- a desk's folder for the tests, made under /tmp and removed again. One at a time. */
#ifndef TESTS_WEB_FOLDER_H
#define TESTS_WEB_FOLDER_H

#include <stddef.h>

#define FOLDER_BIG (7u << 20) /* bytes of /desk/big.wav: more than a socket buffers */

char *folder_make(void); /* the root, which holds files/ and, beside it, outside.txt */
const char *folder_files(void); /* what web shall serve */
void folder_add_deep(int levels);
void folder_remove(char *root);

#endif
