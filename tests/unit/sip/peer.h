/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * peer -- a SIP caller made of one UDP socket and text, with the trunk it calls.
 *
 * Nothing of sofia-sip is used here, so that what is tested does not judge itself.  The test's thread
 * is the control loop too: every wait reads the socket and polls the trunk, and ends after PEER_WAIT_MS.
 * Memory: peer_open() to peer_close().
 */
#ifndef TEST_PEER_H
#define TEST_PEER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "sip/trunk.h"

#define PEER_WAIT_MS    10000 /* a generous end for what must come */
#define PEER_SILENCE_MS 120 /* how long we listen for what must not come */
#define PEER_TEXT       66000
#define PEER_EVENTS     64
#define PEER_STATES     8
#define PEER_SEEN       64
#define PEER_TAKEN      64 /* messages that are known when they come again */

#define PEER_SDP                                                                    \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 8\r\n"
#define PEER_OUR_SDP                                                                \
	"v=0\r\no=- 7 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" \
	"m=audio 5000 RTP/AVP 8\r\n"

enum peer_kind {
	PEER_INVITE = 1,
	PEER_ACKED,
	PEER_REOFFER,
	PEER_REINVITED,
	PEER_REFRESHED,
	PEER_RANG,
	PEER_REACHED,
	PEER_UNREACHED,
	PEER_ENDED
};

struct peer_event {
	enum peer_kind kind;
	uint64_t dialog;
	enum trunk_end why;
	uint16_t status;
	bool has_sdp;
	char called[TRUNK_USER_MAX + 1], caller[TRUNK_USER_MAX + 1];
	char call_id[256], sdp[TRUNK_BODY_MAX + 1];
};

/* What the last `invite` or `changed` gave for a dialog that has not ended. */
struct peer_state {
	uint64_t dialog;
	size_t n;
	uint8_t bytes[TRUNK_STATE_MAX];
};

struct peer {
	struct trunk *trunk;
	struct trunk_config cfg;
	struct trunk_outbound outbound; /* with our port */
	struct peer_state states[PEER_STATES];
	size_t n_states, n_changed;
	bool is_busy; /* the loop reads no event while it waits for a message */
	bool is_deaf; /* keeps no state any more, and the last events only */
	bool once; /* a message that comes again, byte by byte the same, is not taken again */
	int wake_fd, fd;
	uint16_t trunk_port, port;
	const char *host; /* of our socket */
	unsigned serial; /* makes Call-IDs and branches unique */
	struct peer_event events[PEER_EVENTS];
	size_t n_events, n_taken;
	struct trunk_seen seen[PEER_SEEN]; /* the first ones */
	size_t n_seen;
	_Atomic bool closed;
	uint64_t taken[PEER_TAKEN]; /* their sums, in a ring */
	size_t n_taken_sums;
	char text[PEER_TEXT]; /* the last message received */
};

/* One call as its caller sees it. */
struct call {
	unsigned id;
	uint32_t cseq;
	char to_tag[64];
	char branch[32]; /* of the last request but ACK */
	uint64_t dialog;
};

/* What a request differs in from a plain one; NULL and 0 leave it as it is. */
struct spec {
	const char *uri, *from, *to, *contact, *headers, *body, *type, *branch;
	uint32_t cseq;
	bool no_contact;
};

/* An outbound in it is ours, whatever its port. */
struct peer *peer_open(const struct trunk_config *cfg, const char *host);
void peer_close(struct peer *p);
/* The trunk's process is killed and another takes its place, with the states kept; what was not polled
 * before is lost. sdp: the last that was sent in each of them. */
void peer_restart(struct peer *p, const char *sdp);
/* The same with these. */
void peer_restart_with(struct peer *p, const struct trunk_saved *saved, size_t n);
/* Speaks from another address from now on; the former socket comes back, to be closed or put back by
 * peer_speak_again(). */
int peer_speak_from(struct peer *p, const char *host);
void peer_speak_again(struct peer *p, int fd);

void peer_send(struct peer *p, const char *text, size_t n);
struct call peer_call(struct peer *p);
/* A new branch for all but ACK and CANCEL; a CANCEL takes that of the INVITE. */
void peer_request(
	struct peer *p, struct call *c, const char *method, const struct spec *s);
/* The next message, with `once` the next new one; its status, 0 for a request; -1: none came. */
int peer_receive(struct peer *p, int wait_ms);
/* Reads on until a response with this status to this method of this call (NULL: of any); takes the To tag.
 * Fails the test otherwise. */
void peer_expect(struct peer *p, struct call *c, int status, const char *method);
/* Reads on until this request comes, e.g. a BYE. */
void peer_expect_request(struct peer *p, const char *method);
void peer_answer(struct peer *p, int status); /* to the request just received */
/* headers: whole lines, or NULL; sdp: or NULL */
void peer_answer_with(struct peer *p, int status, const char *headers, const char *sdp);
/* Nothing but repetitions of `but` (0: nothing at all) comes for PEER_SILENCE_MS. */
void peer_expect_silence(struct peer *p, int but);
/* A header's value in p->text, the nth of its name; "" when missing. Static memory. */
const char *peer_header(const struct peer *p, const char *name, int nth);
const struct peer_event *peer_await(struct peer *p, enum peer_kind kind);
size_t peer_count(struct peer *p, enum peer_kind kind);
/* INVITE, event, and the dialog's id in the call. */
void peer_invite(struct peer *p, struct call *c, const struct spec *s);
/* The same, answered and acknowledged. */
void peer_establish(struct peer *p, struct call *c);
void peer_still_alive(struct peer *p); /* OPTIONS is answered */
int64_t peer_now_ms(void);

#endif
