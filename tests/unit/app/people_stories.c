/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who comes, changes and leaves while the centre runs. */
#include "story.h"

#define BOTH "> people anna=15 beat=1", "..."
#define TALK "> comes anna", "...", "> call 1 10", "...", "> say anna accept c1", "..."

const struct story people_stories[] = {
	{ "the same people again change nothing",
		{ BOTH, "> comes anna", "...", "> people anna=15 beat=1" } },
	{ "a team more, and its caller is offered at once",
		{ BOTH, "> comes anna", "...", "> comes beat", "...", "> say anna pause",
			"...", "> call 1 30", "! offered", "...",
			"> people anna=15 beat=5", "...", "record c1 offered beat *",
			"..." } },
	{ "a team less in a talk: the talk goes on, the next caller is not for it",
		{ BOTH, TALK, "> comes beat", "...", "> people anna=8 beat=1", "...",
			"! close", "> agent anna", "agent anna talking", "> bye 1", "...",
			"> wait 5000", "...", "> say beat pause", "...", "> call 2 10",
			"! offered anna", "..." } },

	/* --- leaving --- */
	{ "who leaves while ready is out at once, and her desk says so",
		{ BOTH, "> link 5 anna", "...", "> comes anna", "...",
			"> people anna=left beat=1", "...", "store_drop_session", "...",
			"close anna 4006", "> wait 0", "...", "> agent anna",
			"agent anna out", "> session last", "session nobody" } },
	{ "she does not come in again by a link",
		{ BOTH, "> people anna=left beat=1", "...", "> link 5 anna",
			"login 5 refused" } },
	{ "who leaves while it rings: the next agent has the caller",
		{ BOTH, "> comes anna", "...", "> comes beat", "...", "> call 1 10",
			"...", "> people anna=left beat=1", "...",
			"record c1 withdrawn anna not_cleared", "...",
			"record c1 offered beat *", "...", "close anna 4006", "> wait 0",
			"...", "> agent anna", "agent anna out" } },
	{ "who leaves in a talk: the caller does not pay, no new one comes, and then she "
	  "is out",
		{ BOTH, TALK, "> people anna=left beat=1", "...", "! close",
			"> agent anna", "agent anna talking", "> wait 60000", "...",
			"! close", "> bye 1", "...", "> wait 0", "...",
			"relay0 LEG_CLOSE anna", "...", "close anna 4006", "> agent anna",
			"agent anna out", "> invite 2 10", "! offered", "..." } },
	{ "who leaves in a talk and loses her desk: the same",
		{ BOTH, TALK, "> people anna=left beat=1", "...", "> close anna", "...",
			"> agent anna", "agent anna talking", "> bye 1", "...",
			"> wait 0", "...", "> agent anna", "agent anna out" } },
	{ "who leaves in a talk does not come back to it by another page",
		{ BOTH, TALK, "> people anna=left beat=1", "...", "> open anna2",
			"> say anna2 hello line", "close anna2 4006", "> agent anna",
			"agent anna talking" } },
	{ "control is killed in a talk of somebody who has left: the next one lets it "
	  "finish",
		{ BOTH, TALK, "> kill", "> begin", "> people anna=left beat=1", "...",
			"> found 0", "...", "> go-on", "...", "> agent anna",
			"agent anna talking", "> bye 1", "...", "> wait 0", "...",
			"> agent anna", "agent anna out" } },
	{ "even her row is gone",
		{ BOTH, "> comes anna", "...", "> people beat=1", "...",
			"close anna 4006", "> wait 0", "...", "> agent anna",
			"agent anna out" } },
	{ "a place is free again when its last page has gone",
		{ BOTH, "> comes anna", "...", "> people beat=1", "...", "> wait 0",
			"...", "> close anna", "...", "> people anna=15 beat=1", "...",
			"> comes anna", "...", "> agent anna", "agent anna ready" } },
	{ 0 },
};
