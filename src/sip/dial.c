/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dial -- see dial.h.  SIP thread.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/text.h"
#include "sip/check.h"
#include "sip/credential.h"
#include "sip/dial_inner.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/state.h"

static void on_timer(struct station *st, su_timer_t *t, void *arg);

static void arm(struct dial *x)
{
	int64_t at = x->next_ms && x->next_ms < x->end_ms ? x->next_ms : x->end_ms;
	int64_t in = at - station_now_ms();
	(void)su_timer_set_interval(
		x->timer, on_timer, x, in > 1 ? (su_duration_t)in : 1);
}

static void end_after(struct dial *x, unsigned t1)
{
	x->next_ms = 0;
	x->end_ms = station_now_ms() + (int64_t)t1 * x->st->t1_ms;
	arm(x);
}

static void detach(struct dial *x)
{
	if (x->d)
		x->d->dial = NULL;
	x->d = NULL;
}

static void dial_free(struct dial *x)
{
	if (!x)
		return;
	detach(x);
	list_remove(&x->all);
	x->st->n_dials--;
	if (x->timer)
		su_timer_destroy(x->timer);
	if (x->leg)
		nta_leg_destroy(x->leg);
	for (int i = 0; i < CHALLENGERS; i++)
		free(x->auth[i]);
	free(x->taken);
	free(x);
}

void dials_close(struct station *st)
{
	if (st->dials.next)
		list_each_safe(it, &st->dials)
			dial_free(list_entry(it, struct dial, all));
}

bool dials_are_quiet(const struct station *st)
{
	list_each(it, &st->dials)
	{
		if (list_entry(it, struct dial, all)->state <= DIAL_PROCEEDING)
			return false;
	}
	return true;
}

static void cancel(struct dial *x)
{
	if (x->cancelled)
		return;
	x->cancelled = true;
	dial_send_cancel(x);
	end_after(x, 64); /* then no answer will come (section 9.1) */
}

/* --- how one begins --- */

static int make_branch(struct dial *x)
{
	uint8_t rnd[16];
	char hex[2 * sizeof rnd + 1];
	if (getentropy(rnd, sizeof rnd) != 0)
		return -1;
	text_hex(hex, sizeof hex, rnd, sizeof rnd);
	return text_format(x->branch, sizeof x->branch, "z9hG4bK%s", hex);
}

static bool is_down(const struct carrier *c)
{
	return c->state == TRUNK_CARRIER_DOWN || c->state == TRUNK_CARRIER_REFUSED;
}

static bool next_carrier(struct station *st, struct attempt *a, bool also_down)
{
	for (unsigned i = 0; i < st->n_carriers; i++) {
		struct carrier *c = &st->carriers[i];
		if (a->carriers & 1u << i || (is_down(c) && !also_down))
			continue;
		a->servers = 0;
		if (!carrier_choose(c, &a->servers, &a->at))
			continue;
		a->carriers |= 1u << i;
		a->carrier = c;
		return true;
	}
	return false;
}

/* The next server of this carrier, or the next carrier; one that is down when all others were tried. */
static bool next_attempt(struct station *st, struct attempt *a)
{
	return (a->carrier && carrier_choose(a->carrier, &a->servers, &a->at)) ||
		next_carrier(st, a, false) || next_carrier(st, a, true);
}

static bool has_more(struct station *st, const struct attempt *a)
{
	struct attempt next = *a;
	return next_attempt(st, &next);
}

/* One transaction of this dialog. NULL: no memory, or too many. */
static struct dial *dial_new(struct dialog *d, const struct attempt *a, uint32_t cseq)
{
	struct station *st = d->st;
	struct dial *x = st->n_dials < DIAL_MAX ? calloc(1, sizeof *x) : NULL;
	if (!x)
		return NULL;
	x->st = st;
	x->cseq = cseq;
	list_append(&st->dials, &x->all);
	st->n_dials++;
	x->attempt = *a;
	x->is_fresh = carrier_hop_of(x->hop, a->carrier, &a->at);
	d->from = a->at;
	if (text_format(
		    x->uri, sizeof x->uri, "sip:%s@%s", a->number, a->carrier->host) == 0)
		x->leg = dial_calling_leg(d, a->carrier, x->uri, cseq);
	x->timer = su_timer_create(su_root_task(st->root), 0);
	if (!x->leg || !x->timer || make_branch(x) != 0) {
		dial_free(x);
		return NULL;
	}
	x->d = d;
	d->dial = x;
	return x;
}

static void start(struct dial *x)
{
	int64_t now = station_now_ms();
	bool more = has_more(x->st, &x->attempt);
	x->interval_ms = x->st->t1_ms;
	/* timer A; not where a connection repeats it itself (section 17.1.1.2) */
	x->next_ms = x->attempt.at.transport == TRUNK_UDP ? now + x->interval_ms : 0;
	x->end_ms = now +
		(more ? DIAL_SILENT_T1 : 64) * (int64_t)x->st->t1_ms; /* timer B */
	dial_send_invite(x);
	arm(x);
}

/* Nothing but what a telephone dials: it stands in a URI, and where it leads is the carrier's matter. */
bool dial_is_number(const char *s)
{
	size_t n = strspn(s + (*s == '+'), "0123456789");
	return n > 0 && n <= TRUNK_NUMBER_MAX && s[(*s == '+') + n] == 0;
}

static int name_dialog(struct dialog *d)
{
	uint8_t rnd[16];
	char hex[2 * sizeof rnd + 1];
	if (getentropy(rnd, sizeof rnd) != 0 || dialog_make_tag(d) != 0)
		return -1;
	text_hex(hex, sizeof hex, rnd, sizeof rnd);
	d->call_id = strdup(hex);
	d->remote_tag = strdup("");
	d->timer = su_timer_create(su_root_task(d->st->root), 0);
	if (!d->call_id || !d->remote_tag || !d->timer)
		return -1;
	d->key = dialogs_key(d->st, d->call_id, "", 0);
	return 0;
}

static struct dialog *make_dialog(struct station *st, struct link_command *c)
{
	struct dialog *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->st = st;
	d->id = c->dialog;
	d->state = DIALOG_CALLING;
	d->acked =
		true; /* as far as a later process is concerned: it begins with the answer */
	d->sdp = c->text;
	c->text = NULL;
	if (d->sdp && name_dialog(d) == 0)
		return d;
	dialog_free(d);
	return NULL;
}

void dial_begin(struct station *st, struct link_command *c)
{
	struct attempt a = { .servers = 0 };
	struct dialog *d = NULL;
	bool may = !st->close_by_ms && !st->leaving && c->number &&
		dial_is_number(c->number) && st->dialogs.n_live < TRUNK_DIALOGS_MAX &&
		link_has_room(st->link, st->dialogs.n_live);
	if (may && text_copy(a.number, sizeof a.number, c->number) == 0 &&
		next_attempt(st, &a))
		d = make_dialog(st, c);
	if (d && dial_new(d, &a, CSEQ_FIRST)) {
		dialogs_add(st, d);
		atomic_store(&st->link->dialogs, st->dialogs.n_live);
		start(d->dial);
		return;
	}
	dialog_free(d);
	/* Not admitted, so no place is kept for this: see LINK_EVENTS. */
	link_event(st->link,
		&(struct link_event){ .kind = LINK_ENDED,
			.dialog = c->dialog,
			.why = TRUNK_END_FAILED });
}

/* --- what comes of it --- */

/* The same call once more, with an answer to the challenge (section 22.2). */
static bool try_again(struct dial *x, const sip_t *sip, int status)
{
	char auth[CREDENTIAL_MAX];
	struct dialog *d = x->d;
	int kind = status == 407 ? PROXY : WWW;
	const msg_auth_t *challenges = kind == PROXY ? sip->sip_proxy_authenticate
						     : sip->sip_www_authenticate;
	unsigned n = x->n_challenges[kind] + 1;
	bool stale = false;
	const struct carrier *c = x->attempt.carrier;
	if (!c->has_credential || n > DIAL_CHALLENGES ||
		credential_answer(auth, &c->credential, challenges, "INVITE", x->uri,
			&stale) != 0 ||
		(n > 1 && !stale))
		return false;
	detach(x);
	struct dial *y = dial_new(d, &x->attempt, x->cseq + 1);
	if (!y) {
		x->d = d; /* back, to be told of the refusal */
		d->dial = x;
		return false;
	}
	memcpy(y->auth, x->auth, sizeof y->auth);
	memset(x->auth, 0, sizeof x->auth);
	memcpy(y->n_challenges, x->n_challenges, sizeof y->n_challenges);
	y->n_challenges[kind] = n;
	y->rang = x->rang;
	y->is_longer = x->is_longer;
	free(y->auth[kind]);
	y->auth[kind] = strdup(auth);
	start(y);
	return true;
}

/* The same call once more, asking for the interval that it wants (RFC 4028 section 7.3). */
static bool try_longer(struct dial *x, const sip_t *sip)
{
	struct dialog *d = x->d;
	struct session_said said = refresh_said(sip);
	if (x->is_longer || !x->st->session_s || !session_raise(&d->session, &said))
		return false;
	detach(x);
	struct dial *y = dial_new(d, &x->attempt, x->cseq + 1);
	if (!y) {
		x->d = d;
		d->dial = x;
		return false;
	}
	memcpy(y->auth, x->auth, sizeof y->auth);
	memset(x->auth, 0, sizeof x->auth);
	memcpy(y->n_challenges, x->n_challenges, sizeof y->n_challenges);
	y->rang = x->rang;
	y->is_longer = true;
	start(y);
	return true;
}

/* The same call by another server, or another carrier (RFC 3263 section 4.3). */
static bool try_elsewhere(struct dial *x)
{
	struct dialog *d = x->d;
	struct attempt a = x->attempt;
	if (x->rang || x->st->close_by_ms)
		return false;
	carrier_is_bad(a.carrier, &a.at);
	if (!next_attempt(x->st, &a))
		return false;
	detach(x);
	struct dial *y = dial_new(d, &a, x->cseq + 1);
	if (!y) {
		x->d = d;
		d->dial = x;
		return false;
	}
	log_info("sip: a call goes by another server, of %s", a.carrier->name);
	start(y);
	return true;
}

/* That this server cannot, not that the call cannot be made. */
static bool is_of_the_server(int status)
{
	return status == 500 || (status >= 502 && status <= 504);
}

static void on_provisional(struct dial *x, int status)
{
	if (x->state > DIAL_PROCEEDING)
		return;
	if (x->state == DIAL_CALLING) {
		x->state = DIAL_PROCEEDING;
		end_after(x, DIAL_UNANSWERED_T1);
	}
	if (!x->d) {
		cancel(x);
	} else if (status > 100 && !x->rang) {
		x->rang = true;
		link_event(x->st->link,
			&(struct link_event){ .kind = LINK_RANG, .dialog = x->d->id });
	}
}

static void on_refusal(struct dial *x, const sip_t *sip)
{
	int status = sip->sip_status->st_status;
	if (x->state == DIAL_ACCEPTED)
		return;
	dial_acknowledge_refusal(x, sip);
	if (x->state == DIAL_COMPLETED)
		return;
	x->state = DIAL_COMPLETED;
	end_after(x, 64);
	if (!x->d || ((status == 401 || status == 407) && try_again(x, sip, status)) ||
		(status == 422 && try_longer(x, sip)) ||
		(is_of_the_server(status) && try_elsewhere(x)))
		return;
	dialog_unreached(x->d, status);
}

static const char *tag_of(const sip_t *sip)
{
	return sip->sip_to->a_tag ? sip->sip_to->a_tag : "";
}

/* The dialog as it will be from now on. False: no memory. */
static bool take(struct dial *x, const sip_t *sip, const struct peers_addr *from)
{
	struct dialog *d = x->d;
	char *tag = strdup(tag_of(sip));
	char *taken = strdup(tag_of(sip));
	d->leg = dial_answered_leg(d, x->st, sip);
	d->head = state_head_of_answer(sip); /* without it no later process can go on */
	if (!tag || !taken || !d->leg) {
		free(tag);
		free(taken);
		return false;
	}
	x->taken = taken;
	free(d->remote_tag);
	d->remote_tag = tag;
	d->from = *from;
	refresh_accepted(d, sip);
	return true;
}

static void on_first_2xx(struct dial *x, const sip_t *sip, const struct peers_addr *from)
{
	struct dialog *d = x->d;
	size_t n = 0;
	char *answer = check_is_sdp(sip) && sip->sip_payload->pl_len <= TRUNK_BODY_MAX
		? dialog_copy_body(sip, &n)
		: NULL;
	if (answer && take(x, sip, from)) {
		dialog_reached(d, answer, n);
		return;
	}
	free(answer);
	dial_settle_2xx(x->st, sip, from, false);
	dialog_unreached(d, 488);
}

static void on_2xx(struct dial *x, const sip_t *sip, const struct peers_addr *from)
{
	if (x->state == DIAL_COMPLETED)
		return; /* a proxy that forked never sends this after a refusal (16.7) */
	bool first = x->state != DIAL_ACCEPTED;
	x->state = DIAL_ACCEPTED;
	if (first)
		end_after(x, 64);
	if (first && x->d) {
		on_first_2xx(x, sip, from);
		return;
	}
	bool wanted = x->taken && strcasecmp(x->taken, tag_of(sip)) == 0;
	x->confirmed = x->confirmed || wanted;
	dial_settle_2xx(x->st, sip, from, wanted);
}

static struct dial *find(struct station *st, const sip_t *sip)
{
	const char *branch = sip->sip_via ? sip->sip_via->v_branch : NULL;
	if (!branch)
		return NULL;
	list_each(it, &st->dials)
	{
		struct dial *x = list_entry(it, struct dial, all);
		if (x->cseq == sip->sip_cseq->cs_seq &&
			strcasecmp(x->branch, branch) == 0)
			return x;
	}
	return NULL;
}

bool dial_response(struct station *st, const sip_t *sip, const struct peers_addr *from)
{
	struct dial *x = find(st, sip);
	int status = sip->sip_status->st_status;
	if (!x)
		return false;
	if (status < 200)
		on_provisional(x, status);
	else if (status < 300)
		on_2xx(x, sip, from);
	else
		on_refusal(x, sip);
	return true;
}

void dial_confirm(struct dialog *d)
{
	struct dial *x = d->dial;
	char hop[DIALOG_HOP_MAX];
	if (!x || x->state != DIAL_ACCEPTED || x->confirmed || !d->leg)
		return;
	x->confirmed = true;
	dialog_next_hop(hop, d);
	dialog_acknowledge(d->st, d->leg, hop, x->branch, x->cseq);
}

void dial_part(struct dialog *d)
{
	struct dial *x = d->dial;
	if (!x)
		return;
	detach(x);
	if (x->state == DIAL_PROCEEDING)
		cancel(x);
	if (x->state > DIAL_CALLING)
		return;
	x->next_ms =
		0; /* no more of it; a provisional response may still come and get its CANCEL */
	arm(x);
}

void dial_forget(struct dialog *d)
{
	if (d->dial)
		detach(d->dial);
}

static void on_timer(struct station *st, su_timer_t *t, void *arg)
{
	struct dial *x = arg;
	int64_t now = station_now_ms();
	if (now >= x->end_ms) {
		bool rings = x->d && x->state == DIAL_PROCEEDING;
		if (x->d && x->state == DIAL_CALLING && try_elsewhere(x)) {
			end_after(x, 64); /* what still comes of it is settled */
			return;
		}
		if (x->d && x->state <= DIAL_PROCEEDING)
			dialog_unreached(x->d, 408); /* which cancels one that rings */
		if (!rings)
			dial_free(x);
		return;
	}
	if (x->next_ms && now >= x->next_ms) {
		dial_send_invite(x);
		x->interval_ms *= 2;
		x->next_ms = now + x->interval_ms;
	}
	arm(x);
}
