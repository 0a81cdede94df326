/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the lines of a talk were worth: asked when it begins, while it lasts and when it ends, and told by call. */
#include "story.h"

#define TALK                                                                       \
	"> comes anna", "...", "> call 1 10", "...", "> measures",                 \
		"> say anna accept c1", "...", "relay0 JOIN *", "relay0 STATS c1", \
		"relay0 STATS anna", "..."
/* the begin of both, 100 packets each way */
#define BEGUN                                                               \
	TALK, "> figures c1 rx=100 tx=100", "> figures anna rx=100 tx=100", \
		"> FIRST c1", "..."
/* five seconds later, asked and answered: the line loses, the caller does not */
#define SAMPLED                                                       \
	BEGUN, "> wait 5000", "relay0 STATS c1", "relay0 STATS anna", \
		"> figures c1 rx=350 tx=340 trip=30000",              \
		"> figures anna rx=340 lost=10 tx=350 trip=50000",    \
		"worth anna after 5000",                              \
		"worth anna caller in 0/250 m439 out 0/240 m437",     \
		"worth anna line in 10/250 *"
#define ANSWERS                                                              \
	"> figures c1 rx=300 lost=0 tx=290 gone=29 trip=30000", "! quality", \
		"> figures anna rx=280 lost=20 tx=300 trip=50000"
#define WHOLE                                                          \
	"quality c1 caller in whole 1000+4000 PCMA 0/200 *",           \
		"quality c1 caller out whole 1000+4000 PCMA 29/190 *", \
		"quality c1 line in whole 1000+4000 PCMA 20/200 *",    \
		"quality c1 line out whole 1000+4000 PCMA 0/200 *"

const struct story quality_stories[] = {
	{ "a talk's lines are recorded when the relay has answered, in both directions",
		{ BEGUN, "> wait 4000", "> bye 1", "...", "relay0 STATS c1",
			"relay0 STATS anna", "relay0 PART c1", "...",
			"record c1 ended caller_hung_up", "...", ANSWERS, WHOLE } },
	{ "the same when the agent hangs up",
		{ BEGUN, "> wait 4000", "> say anna hangup c1", "...", "relay0 STATS c1",
			"relay0 STATS anna", "relay0 PART c1", "...", ANSWERS, WHOLE } },
	{ "nothing waits for them: the call is over, released and its leg gone before",
		{ BEGUN, "> wait 4000", "> bye 1", "...", "sip_release 1",
			"relay0 LEG_CLOSE c1", "...", ANSWERS, WHOLE } },
	{ "the desk is shown them while the talk lasts, at most every five seconds",
		{ SAMPLED, "> wait 4999", "! STATS", "> wait 1", "relay0 STATS c1",
			"relay0 STATS anna", "> figures anna rx=590 lost=10 tx=600",
			"worth anna after 10000", "worth anna caller in 0/250 *",
			"worth anna line in 10/500 *" } },
	{ "the other desk is shown nothing, and nobody who looks on later",
		{ SAMPLED, "> say anna hangup c1", "...", "> figures anna rx=400 tx=400",
			"! worth", "> figures c1 rx=400 tx=400", "! worth", "..." } },
	{ "on hold it is over; what follows is another talk",
		{ BEGUN, "> wait 4000", "> say anna hold c1", "relay0 STATS c1",
			"relay0 STATS anna", "relay0 PART c1", "...", ANSWERS, WHOLE,
			"> DONE c1 hold", "...", "> wait 1000", "> say anna resume c1",
			"...", "relay0 JOIN *", "relay0 STATS c1", "relay0 STATS anna",
			"...", "> figures c1 rx=500 tx=500",
			"> figures anna rx=500 tx=500", "> wait 2000", "> bye 1", "...",
			"> figures c1 rx=600 tx=600", "> figures anna rx=600 tx=600",
			"quality c1 caller in whole 6000+2000 PCMA 0/100 *",
			"quality c1 caller out whole 6000+2000 *",
			"quality c1 line in whole 6000+2000 PCMA 0/100 *",
			"quality c1 line out whole 6000+2000 *" } },
	{ "a line that goes down in mid-talk: what is known of it is of seconds before",
		{ SAMPLED, "> wait 3000", "> DOWN anna", "...", "relay0 STATS c1",
			"relay0 STATS anna", "...",
			"> figures c1 rx=500 tx=490 trip=30000", "> refuse anna STATS",
			"quality c1 caller in whole 1000+8000 PCMA 0/400 *",
			"quality c1 caller out whole 1000+8000 PCMA 0/390 *",
			"quality c1 line in part 1000+8000 PCMA 10/250 *",
			"quality c1 line out part 1000+8000 PCMA 0/250 *" } },
	{ "a relay that dies: at once, with what is known",
		{ SAMPLED, "> wait 3000", "> relay 0 gone", "...",
			"quality c1 caller in part 1000+8000 PCMA 0/250 *",
			"quality c1 caller out part 1000+8000 *",
			"quality c1 line in part 1000+8000 PCMA 10/250 *",
			"quality c1 line out part 1000+8000 *", "..." } },
	{ "a relay that dies after the end, and did not answer",
		{ SAMPLED, "> bye 1", "...", "> relay 0 gone", "...",
			"quality c1 caller in part 1000+5000 PCMA 0/250 *", "...",
			"quality c1 line out part 1000+5000 *", "..." } },
	{ "a relay that does not answer: two seconds, and no longer",
		{ SAMPLED, "> bye 1", "...", "> wait 1999", "! quality", "> wait 1",
			"quality c1 caller in part 1000+5000 PCMA 0/250 *",
			"quality c1 caller out part 1000+5000 *",
			"quality c1 line in part 1000+5000 PCMA 10/250 *",
			"quality c1 line out part 1000+5000 *", "> wait 60000", "! STATS",
			"..." } },
	{ "one leg answers and the other does not",
		{ SAMPLED, "> bye 1", "...", "> figures c1 rx=360 tx=350", "! quality",
			"> wait 2000",
			"quality c1 caller in whole 1000+5000 PCMA 0/260 *",
			"quality c1 caller out whole 1000+5000 *",
			"quality c1 line in part 1000+5000 PCMA 10/250 *",
			"quality c1 line out part 1000+5000 *" } },
	{ "a talk of which nothing was ever told has no figures",
		{ TALK, "> wait 20000", "...", "> bye 1", "...", "> wait 2000",
			"! quality", "..." } },
	{ "legs that never met have none either",
		{ TALK, "> figures c1 rx=0", "> figures anna rx=0", "> bye 1", "...",
			"> figures c1 rx=0", "! quality", "> figures anna rx=0",
			"! quality" } },
	{ "a far side that reports nothing: what left is known, and no more",
		{ BEGUN, "> wait 4000", "> bye 1", "...",
			"> figures c1 rx=300 tx=290 quiet",
			"> figures anna rx=300 tx=300 trip=9000",
			"quality c1 caller in *",
			"quality c1 caller out whole 1000+4000 PCMA -1/190 j-1 t-1 "
			"f-1/-1 "
			"r-1 m-1 R-1 M-1",
			"quality c1 line in *", "quality c1 line out *" } },
	{ "handed on: the next one's talk has figures of its own",
		{ BEGUN, "> comes beat", "...", "> wait 4000",
			"> say anna transfer c1 beat", "...",
			"> figures c1 rx=300 tx=290",
			"> figures anna rx=280 lost=20 tx=300", "quality c1 caller in *",
			"quality c1 caller out *", "quality c1 line in whole *",
			"quality c1 line out *", "> wait 1000", "...",
			"> say beat accept c1", "...", "relay0 STATS c1",
			"relay0 STATS beat", "..." } },
	{ "the records are full: the talk ends as ever",
		{ BEGUN, "> wait 4000", "> bye 1", "...", "> sick yes",
			"> figures c1 rx=300 tx=290", "> figures anna rx=280 tx=300",
			"! quality", "> sick no", "> wait 5000", "! quality", "..." } },
	{ "the centre stops: written at once, nothing is asked any more",
		{ SAMPLED, "> wait 3000", "> stop", "...",
			"quality c1 caller in part 1000+8000 PCMA 0/250 *", "...",
			"! STATS" } },
	{ "control is killed: the new one measures from there on",
		{ SAMPLED, "> kill", "> wait 3000", "> adopt", "...", "relay0 STATS c1",
			"relay0 STATS anna", "...", "> FIRST c1", "...",
			"> figures c1 rx=500 tx=490", "> figures anna rx=500 tx=500",
			"> wait 1000", "> bye 1", "...", "> figures c1 rx=550 tx=540",
			"> figures anna rx=540 lost=10 tx=550",
			"quality c1 caller in whole 9000+1000 PCMA 0/50 *",
			"quality c1 caller out *",
			"quality c1 line in whole 9000+1000 PCMA 10/50 *",
			"quality c1 line out *" } },
	{ "a line test is shown, and not recorded",
		{ "> comes anna", "...", "> say anna pause", "...", "> measures",
			"> say anna test on", "relay0 ECHO anna on", "relay0 STATS anna",
			"...", "> figures anna rx=10 tx=10", "> wait 5000",
			"relay0 STATS anna", "> figures anna rx=250 lost=10 tx=250",
			"worth anna after 5000", "worth anna line in 10/250 *",
			"> say anna test off", "relay0 ECHO anna off", "...",
			"> wait 60000", "! STATS", "! quality", "..." } },
	{ "a line that is lost in its test is measured no longer",
		{ "> comes anna", "...", "> say anna pause", "...", "> measures",
			"> say anna test on", "...", "> DOWN anna", "...", "> wait 60000",
			"! STATS", "..." } },
	{ NULL, { NULL }, 0 },
};
