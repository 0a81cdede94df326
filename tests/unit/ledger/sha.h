/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sha -- SHA-256 for the ledger's tests. */
#ifndef LEDGER_TESTS_SHA_H
#define LEDGER_TESTS_SHA_H

#include "core/ledger/ledger.h"

extern const struct ledger_sha256 test_sha;

#endif
