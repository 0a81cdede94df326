/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * farm_caller_sip -- a caller's messages: its requests and their answers, the centre's requests and ours to them.
 *
 * One request of ours at a time.  All go to the centre's address, whatever the target says: on one machine they
 * are the same, and a proxy in front is named by the routes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tools/farm_caller_inner.h"
#include "tools/stamp.h"

#define T1_US 500000 /* RFC 3261 section 17.1.1.1 */
#define T2_US 4000000

static void transmit(struct farm_caller *c, const char *p, size_t n)
{
	(void)sendto(c->sip_fd, p, n, MSG_DONTWAIT, (const struct sockaddr *)&c->centre,
		sizeof c->centre);
}

static void repeat(struct farm_caller *c, struct caller_request *r, int64_t now_us)
{
	bool is_invite = strcmp(r->method, "INVITE") == 0 && r == &c->request;

	transmit(c, r->text, r->n);
	r->again_us = now_us + r->wait_us;
	r->wait_us *= 2;
	if (!is_invite && r->wait_us > T2_US)
		r->wait_us = T2_US;
}

static void begin(struct farm_caller *c, struct caller_request *r, const char *method,
	uint32_t cseq, struct slice text)
{
	int64_t now = stamp_now_us();

	memcpy(r->text, text.p, text.n);
	r->n = text.n;
	r->cseq = cseq;
	r->wait_us = T1_US;
	r->end_us = now + 64 * T1_US;
	(void)text_copy(r->method, sizeof r->method, method);
	repeat(c, r, now);
}

static void write_head(struct wbuf *w, const struct farm_caller *c, const char *method,
	uint32_t cseq, const char *branch, bool in_dialog)
{
	wbuf_printf(w, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s;rport\r\n",
		method, in_dialog ? c->target : c->to_uri, c->local, branch);
	wbuf_printf(w, "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=%s\r\n", c->from,
		c->local, c->tag);
	if (*c->to)
		wbuf_printf(w, "To: %s\r\n", c->to);
	else
		wbuf_printf(w, "To: <%s>\r\n", c->to_uri);
	wbuf_printf(w, "Call-ID: %s\r\nCSeq: %u %s\r\n", c->call_id, cseq, method);
	if (in_dialog)
		wbuf_str(w, c->routes);
}

static void write_body(struct wbuf *w, const struct farm_caller *c, const char *sdp)
{
	if (sdp)
		wbuf_printf(w,
			"Contact: <sip:%s@%s>\r\nContent-Type: application/sdp\r\n",
			c->from, c->local);
	wbuf_printf(w, "Content-Length: %zu\r\n\r\n%s", sdp ? strlen(sdp) : 0,
		sdp ? sdp : "");
}

static void new_branch(char branch[32])
{
	(void)text_format(branch, 32, "%08lx%08lx", (unsigned long)random(),
		(unsigned long)random());
}

void caller_ask(struct farm_caller *c, const char *method, const char *sdp)
{
	char bytes[UAC_MAX], branch[32];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	new_branch(branch);
	if (strcmp(method, "INVITE") == 0) {
		memcpy(c->branch, branch, sizeof branch);
		c->invite_cseq = c->cseq + 1;
	}
	write_head(&w, c, method, ++c->cseq, branch, *c->target);
	write_body(&w, c, sdp);
	begin(c, &c->request, method, c->cseq, wbuf_slice_of(&w));
}

/* RFC 3261 section 9.1: the INVITE's own branch and number; the INVITE's end is waited for. */
void caller_cancel(struct farm_caller *c)
{
	char bytes[UAC_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	write_head(&w, c, "CANCEL", c->invite_cseq, c->branch, false);
	write_body(&w, c, NULL);
	begin(c, &c->answer, "CANCEL", c->invite_cseq, wbuf_slice_of(&w));
}

/* Of a refusal the INVITE's own transaction, of a 2xx a new one (sections 17.1.1.3 and 13.2.2.4). */
static void acknowledge(struct farm_caller *c, unsigned int status)
{
	char bytes[UAC_MAX], branch[32];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	new_branch(branch);
	write_head(&w, c, "ACK", c->invite_cseq, status < 300 ? branch : c->branch,
		status < 300 || *c->target);
	write_body(&w, c, NULL);
	transmit(c, bytes, w.n);
}

static void read_routes(struct farm_caller *c, const struct uac_msg *m)
{
	struct wbuf w = wbuf_of(c->routes, sizeof c->routes - 1);
	unsigned int n = 0;

	while (uac_header(m, "Record-Route", n).n)
		n++;
	while (n--) {
		wbuf_str(&w, "Route: ");
		wbuf_slice(&w, uac_header(m, "Record-Route", n));
		wbuf_str(&w, "\r\n");
	}
	c->routes[w.n] = 0;
}

static void read_dialog(struct farm_caller *c, const struct uac_msg *m)
{
	if (!*c->target)
		read_routes(c, m);
	(void)slice_copy(uac_header(m, "To", 0), c->to, sizeof c->to);
	if (slice_copy(uac_uri(uac_header(m, "Contact", 0)), c->target, sizeof c->target))
		(void)text_copy(c->target, sizeof c->target, c->to_uri);
}

static void invite_answered(struct farm_caller *c, const struct uac_msg *m)
{
	bool is_first = c->state < CALLER_ANSWERED;

	if (m->status < 300)
		read_dialog(c, m);
	else if (is_first)
		(void)slice_copy(uac_header(m, "To", 0), c->to, sizeof c->to);
	acknowledge(c, m->status);
	if (c->state == CALLER_ENDED)
		return;
	if (m->status < 300)
		(void)caller_voice_to(c, m->body);
	if (!is_first)
		return;
	if (m->status < 300)
		caller_enter(c, CALLER_ANSWERED, m->status);
	else
		caller_end(c, c->hang_up_later ? "caller" : "centre", m->status);
}

/* A final answer to what is under way; of an INVITE also when it comes again, for the ACK was lost. */
static void final(struct farm_caller *c, const struct uac_msg *m)
{
	struct caller_request *r = &c->request;
	bool is_ours = r->n && r->cseq == m->cseq && slice_is(m->method, r->method);

	if (is_ours) {
		r->n = 0;
		if (c->state >= CALLER_ANSWERED)
			farm_say("answer",
				json_pack("{s:s, s:s, s:i}", "caller", c->name, "method",
					r->method, "status", (int)m->status));
	}
	if (slice_is(m->method, "INVITE") && m->cseq == c->invite_cseq)
		invite_answered(c, m);
	else if (is_ours && slice_is(m->method, "BYE"))
		caller_end(c, "caller", m->status);
	else if (slice_is(m->method, "CANCEL") && strcmp(c->answer.method, "CANCEL") == 0)
		c->answer.n = 0;
}

static void response(struct farm_caller *c, const struct uac_msg *m)
{
	if (m->status >= 200) {
		final(c, m);
		return;
	}
	if (c->request.n && slice_is(m->method, c->request.method))
		c->request.again_us = INT64_MAX;
	if (m->status > 100 && c->state < CALLER_RINGING)
		caller_enter(c, CALLER_RINGING, m->status);
}

static struct slice write_response(struct wbuf *w, const struct farm_caller *c,
	const struct uac_msg *m, const char *status, const char *sdp)
{
	wbuf_printf(w, "SIP/2.0 %s\r\n", status);
	uac_copy(w, m, c->tag);
	wbuf_str(w, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n");
	write_body(w, c, sdp);
	return wbuf_slice_of(w);
}

static void respond(struct farm_caller *c, const struct uac_msg *m, const char *status)
{
	char bytes[UAC_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	struct slice s = write_response(&w, c, m, status, NULL);

	transmit(c, (const char *)s.p, s.n);
}

static enum sdesc_dir reversed(enum sdesc_dir dir)
{
	if (dir == SDESC_SENDONLY)
		return SDESC_RECVONLY;
	return dir == SDESC_RECVONLY ? SDESC_SENDONLY : dir;
}

/* The media have moved: answered with where ours are, and sent there from now on. */
static void accept_offer(struct farm_caller *c, const struct uac_msg *m)
{
	char bytes[UAC_MAX], sdp[1024];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	struct sdesc offer;
	int err = 0;

	if (!m->body.n)
		err = caller_voice_sdp(c, NULL, SDESC_SENDRECV, sdp, sizeof sdp);
	else if (sdesc_parse(&offer, (const char *)m->body.p, m->body.n) ||
		offer.audio < 0)
		err = EBADMSG;
	else
		err = caller_voice_sdp(c, &offer, reversed(offer.media[offer.audio].dir),
			sdp, sizeof sdp);
	if (!err && m->body.n)
		err = caller_voice_to(c, m->body);
	if (err) {
		respond(c, m, "488 Not Acceptable Here");
		return;
	}
	(void)slice_copy(
		uac_uri(uac_header(m, "Contact", 0)), c->target, sizeof c->target);
	begin(c, &c->answer, "INVITE", m->cseq, write_response(&w, c, m, "200 OK", sdp));
}

static void reinvited(struct farm_caller *c, const struct uac_msg *m)
{
	if (c->answer.n && c->answer.cseq == m->cseq)
		transmit(c, c->answer.text, c->answer.n);
	else if (c->state != CALLER_ANSWERED)
		respond(c, m, "481 Call/Transaction Does Not Exist");
	else if (c->request.n && strcmp(c->request.method, "INVITE") == 0)
		respond(c, m, "491 Request Pending"); /* RFC 3261 section 14.2 */
	else
		accept_offer(c, m);
}

static void request(struct farm_caller *c, const struct uac_msg *m)
{
	if (slice_is(m->method, "INVITE")) {
		reinvited(c, m);
	} else if (slice_is(m->method, "ACK")) {
		if (m->body.n && c->end)
			(void)caller_voice_to(c, m->body);
		c->answer.n = 0;
	} else if (slice_is(m->method, "BYE")) {
		respond(c, m, "200 OK");
		caller_end(c, "centre", 0);
	} else if (slice_is(m->method, "OPTIONS") || slice_is(m->method, "CANCEL")) {
		respond(c, m, "200 OK");
	} else {
		respond(c, m, "501 Not Implemented");
	}
}

void farm_caller_message(struct farm_caller *c, const struct uac_msg *m)
{
	if (m->status)
		response(c, m);
	else
		request(c, m);
}

static void give_up(struct farm_caller *c)
{
	bool over = c->state < CALLER_ANSWERED || strcmp(c->request.method, "BYE") == 0;

	c->request.n = 0;
	farm_say("answer",
		json_pack("{s:s, s:s, s:i}", "caller", c->name, "method",
			c->request.method, "status", 408));
	if (over)
		caller_end(c, "caller", 408);
}

/* An INVITE that was heard of may take as long as it likes. */
static bool is_over(const struct caller_request *r, int64_t now_us)
{
	bool is_heard = r->again_us == INT64_MAX && strcmp(r->method, "INVITE") == 0;

	return now_us > r->end_us && !is_heard;
}

void caller_repeat(struct farm_caller *c, int64_t now_us)
{
	if (c->answer.n && now_us >= c->answer.again_us)
		repeat(c, &c->answer, now_us);
	if (c->answer.n && now_us > c->answer.end_us)
		c->answer.n = 0;
	if (c->request.n && now_us >= c->request.again_us)
		repeat(c, &c->request, now_us);
	if (c->request.n && is_over(&c->request, now_us))
		give_up(c);
}
