/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SRTP with the trunk: keys in the descriptions.  A and B are the far side's, k1, k2 ... are ours. */
#include "story.h"

#define PAUSED "> comes anna", "...", "> say anna pause", "..."
#define WAITING                                                                         \
	PAUSED, "> invite 1 10 sdes", "relay0 LEG_RTP c1 GCM A k1", "> made c1", "...", \
		"sip_answer 1 sendrecv v0 192.0.2.1:30004 GCM tag 2 k1", "...",         \
		"> ack 1", "...", "> UP c1", "..."

/* The same where there are two relays: anna's line is in the other one. */
#define FAR                                                                             \
	PAUSED, "> invite 1 10 sdes", "relay1 LEG_RTP c1 GCM A k1", "> made c1", "...", \
		"sip_answer 1 sendrecv v0 192.0.2.1:30004 GCM tag 2 k1", "...",         \
		"> ack 1", "...", "> UP c1", "..."

#define TALK                                                                        \
	"> comes anna", "...", "> invite 1 10 sdes", "relay1 LEG_RTP c1 GCM A k1",  \
		"> made c1", "...", "> ack 1", "...", "> UP c1", "...",             \
		"> say anna accept c1", "...", "> made hop1", "...", "> made hop2", \
		"..."

const struct story sdes_stories[] = {
	{ "an offer with a key is answered with ours, in the line that can be kept",
		{ WAITING } },
	{ "a lifetime and an MKI are no hindrance",
		{ PAUSED, "> invite 1 10 sdes-cm", "relay0 LEG_RTP c1 CM80 A k1",
			"> made c1", "...",
			"sip_answer 1 sendrecv v0 192.0.2.1:30004 CM80 tag 1 k1" } },
	{ "the secure section is taken, wherever it stands",
		{ PAUSED, "> invite 1 10 sdes-second", "relay0 LEG_RTP c400 GCM A k1",
			"> made c400", "...",
			"sip_answer 1 sendrecv v0 192.0.2.1:30004 of 2 GCM tag 7 k1" } },
	{ "a key without a use for us is none",
		{ PAUSED, "> invite 1 10 sdes-clear", "sip_reject 1 488",
			"> invite 2 10 secure", "sip_reject 2 488" } },
	{ "each call has a key of its own",
		{ WAITING, "> invite 2 10 sdes", "relay0 LEG_RTP c2 GCM A k2" } },

	/* --- re-INVITE --- */
	{ "a session refresh tells our key again, and the relay nothing",
		{ WAITING, "> reinvite 1 sdes", "! LEG_REMOTE", "...",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "hold and back the same",
		{ WAITING, "> reinvite 1 sdes-hold",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k1 deaf",
			"sip_answer 1 recvonly v1 192.0.2.1:30004 GCM tag 2 k1",
			"> reinvite 1 sdes",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k1",
			"sip_answer 1 sendrecv v2 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "a new key of theirs goes to the relay before the answer, with ours of old",
		{ WAITING, "> reinvite 1 sdes-new",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM B k1",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 GCM tag 3 k1" } },
	{ "a refresh of ours: the same key again is no news, a new one of theirs is, "
	  "another line or plain RTP are no answer",
		{ WAITING, "> refreshed 1 sdes", "! LEG_REMOTE", "...",
			"> refreshed 1 sdes-new", "! LEG_REMOTE", "...",
			"> refreshed 1 good", "! LEG_REMOTE", "...",
			"> refreshed 1 sdes-hold",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k1 deaf",
			"> refreshed 1 sdes-rekeyed",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM B k1 deaf", "...",
			"> reinvite 1 sdes",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k1",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "another suite wants another key",
		{ WAITING, "> reinvite 1 sdes-cm",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 CM80 A k2",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 CM80 tag 1 k2" } },
	{ "what is refused changes no key",
		{ WAITING, "> reinvite 1 sdes-nocodec", "sip_reject 1 488",
			"> full LEG_REMOTE 1", "> reinvite 1 sdes-cm", "...",
			"sip_reject 1 488", "> reinvite 1 sdes", "! LEG_REMOTE", "...",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "where it is not required a call may become plain, and secure again with "
	  "another key",
		{ WAITING, "> reinvite 1 good", "relay0 LEG_REMOTE c1 192.0.2.7:4001",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004",
			"record c1 voice plain", "> reinvite 1 sdes",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k2",
			"sip_answer 1 sendrecv v2 192.0.2.1:30004 GCM tag 2 k2",
			"record c1 voice srtp" } },
	{ "its agent is told at once",
		{ "> comes anna", "...", "> invite 1 10 sdes", "...", "> made c1", "...",
			"> ack 1", "...", "> UP c1", "...", "> say anna accept c1", "...",
			"> reinvite 1 good", "...", "record c1 voice plain",
			"view anna talking *", "> reinvite 1 good", "! voice", "..." } },

	/* --- what the configuration says of a peer --- */
	{ "required: no plain offer is taken, nor does a call become plain",
		{ "> srtp required", PAUSED, "> invite 1 10 good", "sip_reject 1 488",
			"> invite 2 10 sdes", "...", "> made c2", "...",
			"sip_answer 2 sendrecv v0 192.0.2.1:30004 GCM tag 2 k1",
			"> reinvite 2 good", "sip_reject 2 488", "> reinvite 2 sdes",
			"...",
			"sip_answer 2 sendrecv v1 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "never: plain only",
		{ "> srtp never", PAUSED, "> invite 1 10 sdes", "sip_reject 1 488",
			"> invite 2 10 sdes-second", "relay0 LEG_RTP c2", "> made c2",
			"...", "sip_answer 2 sendrecv v0 192.0.2.1:30004 of 2", "..." } },
	{ "offered: an INVITE without an offer gets a plain one",
		{ PAUSED, "> invite 1 10 none", "relay0 LEG_RTP c1", "> made c1", "...",
			"sip_answer 1 sendrecv v0 192.0.2.1:30004", "..." } },
	{ "required: an offer of ours has a key, and nobody is heard before theirs is "
	  "known",
		{ "> srtp required", PAUSED, "> invite 1 10 none",
			"relay0 LEG_RTP c1 locked", "> made c1", "...",
			"sip_answer 1 sendrecv v0 192.0.2.1:30004 CM80 tag 1 k1", "...",
			"> ack 1 sdes-cm",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 CM80 A k1" } },
	{ "an answer that is plain, or to another line, is none",
		{ "> srtp required", PAUSED, "> invite 1 10 none", "...", "> made c1",
			"...", "> ack 1 good", "! LEG_REMOTE", "...", "sip_hangup 1",
			"...", "> invite 2 10 none", "...", "> made c2", "...",
			"> ack 2 sdes", "! LEG_REMOTE", "...", "sip_hangup 2", "..." } },
	{ "an answer with a key to a plain offer is none",
		{ PAUSED, "> invite 1 10 none", "...", "> made c1", "...", "> ack 1 sdes",
			"! LEG_REMOTE", "...", "sip_hangup 1", "..." } },

	/* --- control is killed --- */
	{ "the next process knows our key from what was last told",
		{ WAITING, "> kill", "> wait 3000", "> adopt", "...", "> reinvite 1 sdes",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k1",
			"sip_answer 1 sendrecv v1 192.0.2.1:30004 GCM tag 2 k1",
			"> reinvite 1 sdes", "! LEG_REMOTE", "...",
			"sip_answer 1 sendrecv v2 192.0.2.1:30004 GCM tag 2 k1" } },
	{ "and what its peer must keep to",
		{ "> srtp required", WAITING, "> kill", "> adopt", "...",
			"> reinvite 1 good", "sip_reject 1 488" } },

	/* --- its relay dies --- */
	{ "another relay counts from nothing: it has another key of ours, and says so",
		{ FAR, "> relay 1 gone", "...", "relay0 LEG_RTP c1 GCM A k2 rocs 2",
			"> made c1", "...",
			"sip_reinvite 1 sendrecv v1 192.0.2.1:30008 GCM tag 1 k2",
			"..." },
		2 },
	{ "their answer is in that line",
		{ FAR, "> relay 1 gone", "...", "> made c1", "...",
			"sip_reinvite 1 sendrecv v1 192.0.2.1:30008 GCM tag 1 k2", "...",
			"> reinvited 1 200 sdes-new", "...", "sip_hangup 1", "..." },
		2 },
	{ "moved after a kill: nobody is heard before they tell their key again",
		{ FAR, "> kill", "> adopt", "...", "> relay 1 gone", "...",
			"relay0 LEG_RTP c1 locked", "> made c1", "...",
			"sip_reinvite 1 sendrecv v1 192.0.2.1:30008 GCM tag 1 k2",
			"..." },
		2 },
	{ "and how often the far side's numbers may have run over, by the call's age",
		{ TALK, "> wait 3932160", "...", "> wait 3932160", "...",
			"> relay 1 gone", "...", "relay0 LEG_RTP c1 GCM A k2 rocs 14",
			"> made c1", "...",
			"sip_reinvite 1 sendrecv v1 192.0.2.1:30012 GCM tag 1 k2", "...",
			"> reinvited 1 200 sdes-told", "! LEG_REMOTE", "..." },
		2 },
	{ "where nobody here knew their key, it may be an old one all the same",
		{ FAR, "> kill", "> adopt", "...", "> relay 1 gone", "...", "> made c1",
			"...", "sip_reinvite 1 *", "...", "> reinvited 1 200 sdes-told",
			"relay0 LEG_REMOTE c1 192.0.2.7:4001 GCM A k2 rocs 2", "..." },
		2 },
	{ .what = NULL },
};
