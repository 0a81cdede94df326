/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* far -- see far.h. */
#include "far.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int far_open(void **state, uint32_t t1_ms, const char *user)
{
	static const struct trunk_peer peer = { .addr = "127.0.0.1", .prefix_bits = 32 };
	const struct trunk_outbound outbound = { .addr = "127.0.0.1",
		.host = "carrier.example",
		.caller = "+41440000000",
		.user = user,
		.password = user ? "zanzibar" : NULL };
	const struct trunk_config cfg = { .addr = "127.0.0.1",
		.peers = &peer,
		.n_peers = 1,
		.t1_ms = t1_ms,
		.outbound = &outbound };
	*state = peer_open(&cfg, "127.0.0.1");
	return 0;
}

int far_teardown(void **state)
{
	peer_close(*state);
	return 0;
}

void far_remember(struct peer *p, struct far *f)
{
	snprintf(f->invite, sizeof f->invite, "%s", p->text);
	const char *tag = strstr(peer_header(p, "From", 0), ";tag=");
	assert_non_null(tag);
	snprintf(f->ours, sizeof f->ours, "%s", tag + 5);
}

void far_dial(struct peer *p, struct far *f)
{
	*f = (struct far){ .tag = "far" };
	f->dialog = trunk_dial(p->trunk, NUMBER, PEER_OUR_SDP);
	assert_true(f->dialog != 0);
	peer_expect_request(p, "INVITE");
	far_remember(p, f);
}

/* A response to the INVITE. headers: whole lines, or NULL. */
void far_respond(struct peer *p, const struct far *f, int status, const char *headers,
	const char *sdp)
{
	char text[16384], to[256];
	snprintf(p->text, sizeof p->text, "%s", f->invite);
	int n = snprintf(text, sizeof text, "SIP/2.0 %d Whatever\r\nVia: %s\r\n", status,
		peer_header(p, "Via", 0));
	snprintf(to, sizeof to, "%s", peer_header(p, "To", 0));
	static const char *const copied[] = { "From", "Call-ID", "CSeq" };
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s: %s\r\n", copied[i],
			peer_header(p, copied[i], 0));
	n += snprintf(text + n, sizeof text - (size_t)n,
		"To: %s%s%s\r\n%s%sContent-Length: %zu\r\n\r\n%s", to,
		f->tag ? ";tag=" : "", f->tag ? f->tag : "", headers ? headers : "",
		sdp ? "Content-Type: application/sdp\r\n" : "", sdp ? strlen(sdp) : 0,
		sdp ? sdp : "");
	assert_in_range(n, 1, sizeof text - 1);
	peer_send(p, text, (size_t)n);
}

const char *far_contact(const struct peer *p, const char *user)
{
	static char line[128];
	snprintf(line, sizeof line, "Contact: <sip:%s@127.0.0.1:%u>\r\n", user, p->port);
	return line;
}

void far_accept(struct peer *p, const struct far *f)
{
	far_respond(p, f, 200, far_contact(p, f->tag ? f->tag : "far"), PEER_SDP);
}

void far_expect_ack(struct peer *p, const struct far *f, const char *user)
{
	char text[128];
	peer_expect_request(p, "ACK");
	snprintf(text, sizeof text, "ACK sip:%s@127.0.0.1:%u SIP/2.0\r\n", user, p->port);
	assert_memory_equal(p->text, text, strlen(text));
	snprintf(text, sizeof text, ";tag=%s", f->tag);
	assert_non_null(strstr(peer_header(p, "To", 0), text));
	assert_non_null(strstr(peer_header(p, "From", 0), f->ours));
	assert_string_equal(peer_header(p, "CSeq", 0), "2 ACK");
}

void far_expect_bye(struct peer *p, const struct far *f)
{
	char text[128];
	peer_expect_request(p, "BYE");
	snprintf(text, sizeof text, ";tag=%s", f->tag);
	assert_non_null(strstr(peer_header(p, "To", 0), text));
	assert_non_null(strstr(peer_header(p, "From", 0), f->ours));
	peer_answer(p, 200);
}

void far_ended(struct peer *p, const struct far *f, enum trunk_end why)
{
	const struct peer_event *e = peer_await(p, PEER_ENDED);
	assert_int_equal(e->dialog, f->dialog);
	assert_int_equal(e->why, why);
}

void far_unreached(struct peer *p, const struct far *f, int status)
{
	const struct peer_event *e = peer_await(p, PEER_UNREACHED);
	assert_int_equal(e->dialog, f->dialog);
	assert_int_equal(e->status, status);
	far_ended(p, f, TRUNK_END_UNREACHED);
}

void far_reached(struct peer *p, const struct far *f)
{
	const struct peer_event *e = peer_await(p, PEER_REACHED);
	assert_int_equal(e->dialog, f->dialog);
	assert_string_equal(e->sdp, PEER_SDP);
}

void far_establish(struct peer *p, struct far *f)
{
	far_dial(p, f);
	far_accept(p, f);
	far_reached(p, f);
	trunk_confirm(p->trunk, f->dialog);
	far_expect_ack(p, f, f->tag);
}

void far_hang_up(struct peer *p, const struct far *f)
{
	trunk_hangup(p->trunk, f->dialog);
	far_expect_bye(p, f);
	far_ended(p, f, TRUNK_END_HANGUP);
}

/* A request of the far side within the dialog; branch: unique by its number. */
void far_request(struct peer *p, struct far *f, const char *method, const char *sdp)
{
	char text[4096], to[256], from[256], id[128];
	bool ack = strcmp(method, "ACK") == 0;
	f->cseq += ack ? 0 : 1;
	snprintf(p->text, sizeof p->text, "%s", f->invite);
	snprintf(to, sizeof to, "%s", peer_header(p, "From", 0));
	snprintf(from, sizeof from, "%s;tag=%s", peer_header(p, "To", 0), f->tag);
	snprintf(id, sizeof id, "%s", peer_header(p, "Call-ID", 0));
	int n = snprintf(text, sizeof text,
		"%s sip:heimamt@127.0.0.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bK-far-%u-%s;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
		"CSeq: %u %s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		method, p->port, f->cseq, method, from, to, id, f->cseq, method,
		far_contact(p, f->tag), sdp ? "Content-Type: application/sdp\r\n" : "",
		sdp ? strlen(sdp) : 0, sdp ? sdp : "");
	peer_send(p, text, (size_t)n);
}
