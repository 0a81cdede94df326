/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_text -- the smallest house that a file can describe, and its reading, for the tests of configurations. */
#ifndef TESTS_UNIT_MAIN_CONFIG_TEXT_H
#define TESTS_UNIT_MAIN_CONFIG_TEXT_H

#include "main/config.h"
#include "main/config_report.h"

#define QUEUE "queue \"a\" { number = \"100\" name = \"A\" language = \"de\" }\n"
#define DEMANDING(what) \
	"queue \"a\" { number = \"100\" name = \"A\" language = \"de\" " what " }\n"
#define AGENT       "agent \"anna\" { name = \"Anna\" queues = { \"a\" } }\n"
#define HOUSE       QUEUE AGENT
#define TURN_PAIR   "certificate = \"c.pem\" key = \"k.pem\""
#define TRUNK(what) "trunk \"t\" { caller-id = \"+41440000000\" " what " }\n"
#define S           "server = \"a.example\""
#define X16         "xxxxxxxxxxxxxxxx"
#define X32         "abcdefghijklmnopqrstuvwxyz012345"
#define X64         X16 X16 X16 X16

/* A text that is in order. */
void config_text_load(struct config *c, const char *text, struct config_report *r);

#endif
