/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * oidc -- see oidc.h.
 *
 * What is known of the provider, its pages and its keys, is copied out under the lock and put in under it; requests are
 * made without.  Two that ask for the same at once both ask: that is rare, and does no harm.
 */
#include "oidc/oidc.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "oidc/inner.h"

#define FORM_MAX   16384 /* of an exchange or a refresh, in the form's letters */
#define WELL_KNOWN "/.well-known/openid-configuration"

struct oidc {
	struct oidc_config cfg;
	pthread_mutex_t lock;
	struct oidc_about about;
	bool has_about;
	int64_t about_s; /* when it was asked; monotonic, as below */
	char *keys; /* owned; NULL: not known yet */
	size_t n_keys;
	int64_t keys_s; /* when they were fetched */
	int64_t renewed_s; /* when fetching them was tried, of those that there were */
};

static int64_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

int oidc_new(struct oidc **out, const struct oidc_config *cfg)
{
	struct oidc *o = calloc(1, sizeof *o);

	if (!o)
		return ENOMEM;
	o->cfg = *cfg;
	o->renewed_s = INT64_MIN / 2;
	(void)pthread_mutex_init(&o->lock, NULL); /* cannot fail with glibc */
	*out = o;
	return 0;
}

void oidc_free(struct oidc *o)
{
	if (!o)
		return;
	free(o->keys);
	(void)pthread_mutex_destroy(&o->lock);
	explicit_bzero(o, sizeof *o);
	free(o);
}

void oidc_forget(struct oidc_work *w)
{
	explicit_bzero(w, sizeof *w);
}

static bool fail(struct oidc_work *w, enum oidc_outcome outcome, const char *why)
{
	w->outcome = outcome;
	w->why = why;
	return false;
}

/* --- what it says of itself, and its keys --- */

/* 200, or what the work comes to. */
static bool fetch(struct oidc *o, struct oidc_work *w, const char *url,
	struct oidc_answer *a, const char *what)
{
	if (!oidc_fetch(a, &o->cfg, url, NULL, NULL, NULL) || a->status != 200 ||
		!a->text)
		return fail(w, OIDC_AWAY, what);
	return true;
}

static bool fetch_about(struct oidc *o, struct oidc_work *w, struct oidc_about *out)
{
	char url[OIDC_URL_MAX + sizeof WELL_KNOWN];
	size_t n = strlen(o->cfg.rules.issuer);
	struct oidc_answer a = { 0 };
	bool is_good = false;
	int err;

	/* Discovery section 4.1: without a slash at the issuer's end */
	while (n && o->cfg.rules.issuer[n - 1] == '/')
		n--;
	(void)text_format(
		url, sizeof url, "%.*s" WELL_KNOWN, (int)n, o->cfg.rules.issuer);
	if (!fetch(o, w, url, &a, "the provider says nothing of itself"))
		goto out;
	err = oidc_read_about(out, o->cfg.rules.issuer, a.text, a.n);
	if (err)
		(void)fail(w, OIDC_BAD,
			err == EPERM ? "the provider says that it is another issuer"
				     : "what the provider says of itself is no use");
	else
		is_good = true;
out:
	oidc_answer_close(&a);
	return is_good;
}

/* As it is known; what is old is asked anew, and goes on counting where nobody answers. */
static bool about(struct oidc *o, struct oidc_work *w, struct oidc_about *out)
{
	bool has, is_fresh;

	pthread_mutex_lock(&o->lock);
	has = o->has_about;
	is_fresh = has && now_s() - o->about_s < OIDC_FRESH_S;
	*out = o->about;
	pthread_mutex_unlock(&o->lock);
	if (is_fresh)
		return true;
	if (!fetch_about(o, w, out)) {
		if (!has || w->outcome != OIDC_AWAY)
			return false;
		pthread_mutex_lock(&o->lock);
		*out = o->about;
		pthread_mutex_unlock(&o->lock);
		return true;
	}
	pthread_mutex_lock(&o->lock);
	o->about = *out;
	o->has_about = true;
	o->about_s = now_s();
	pthread_mutex_unlock(&o->lock);
	return true;
}

/* A copy, to be freed; NULL: there are none. is_new: those that are there know a key not; so often it may be asked. */
static char *keys(struct oidc *o, struct oidc_work *w, const struct oidc_about *a,
	bool is_new, size_t *n)
{
	struct oidc_answer answer = { 0 };
	char *copy = NULL;
	int64_t now = now_s();
	bool asks;

	pthread_mutex_lock(&o->lock);
	asks = !o->keys ||
		((is_new || now - o->keys_s >= OIDC_FRESH_S) &&
			now - o->renewed_s >= OIDC_KEYS_S);
	if (asks && o->keys)
		o->renewed_s = now;
	pthread_mutex_unlock(&o->lock);
	if (asks && fetch(o, w, a->keys, &answer, "the provider's keys are not there")) {
		pthread_mutex_lock(&o->lock);
		free(o->keys);
		o->keys = answer.text;
		o->n_keys = answer.n;
		o->keys_s = now;
		pthread_mutex_unlock(&o->lock);
		answer.text = NULL; /* handed over */
	}
	oidc_answer_close(&answer);
	pthread_mutex_lock(&o->lock);
	if (o->keys && (copy = malloc(o->n_keys + 1))) {
		memcpy(copy, o->keys, o->n_keys + 1);
		*n = o->n_keys;
	}
	pthread_mutex_unlock(&o->lock);
	if (!copy)
		(void)fail(w, OIDC_AWAY, "the provider's keys are not there");
	return copy;
}

/* --- tokens --- */

static enum oidc_signature try_keys(struct oidc *o, struct oidc_work *w,
	const struct oidc_about *a, const char *token, const struct oidc_header *h,
	bool is_new, char **text, size_t *n)
{
	enum oidc_signature s = OIDC_UNKNOWN_KEY;
	size_t n_keys = 0;
	char *set = keys(o, w, a, is_new, &n_keys);

	if (set)
		s = oidc_verify(token, h, set, n_keys, text, n);
	free(set);
	return s;
}

/* Signature, and the claims into w. A key that is not known may be a new one. */
static bool open_token(struct oidc *o, struct oidc_work *w, const struct oidc_about *a,
	const char *token)
{
	struct oidc_header h;
	char *text = NULL;
	size_t n = 0;
	int err = oidc_read_header(&h, token);
	enum oidc_signature s;

	if (err)
		return fail(w, OIDC_BAD,
			err == EPERM ? "an algorithm that is none of ours" : "no token");
	w->outcome = OIDC_DONE;
	s = try_keys(o, w, a, token, &h, false, &text, &n);
	if (s == OIDC_UNKNOWN_KEY && w->outcome == OIDC_DONE)
		s = try_keys(o, w, a, token, &h, true, &text, &n);
	if (s != OIDC_SIGNED)
		return w->outcome == OIDC_DONE
			? fail(w, OIDC_BAD,
				  s == OIDC_FORGED ? "a wrong signature"
						   : "a key that the provider has not")
			: false;
	err = oidc_read_claims(&w->claims, &o->cfg, text, n);
	explicit_bzero(text, n);
	free(text);
	if (err)
		return fail(w, OIDC_BAD, "no claims");
	w->has_claims = true;
	w->outcome = OIDC_DONE;
	return true;
}

/* "&name=value" in the form's letters. */
static void add(struct wbuf *form, const char *name, const char *value)
{
	char text[3 * OIDC_MORE_MAX + 1];

	wbuf_printf(form, "%s%s=", form->n ? "&" : "", name);
	if (oidc_escape(text, sizeof text, value))
		form->full = true;
	else
		wbuf_str(form, text);
	explicit_bzero(text, sizeof text);
}

static bool ask_tokens(struct oidc *o, struct oidc_work *w, const struct oidc_about *a,
	struct oidc_answer *answer)
{
	char text[FORM_MAX];
	struct wbuf form = wbuf_of(text, sizeof text);
	bool has_secret = *o->cfg.secret, is_basic = has_secret && a->takes_basic,
	     is_there;

	add(&form, "grant_type",
		w->kind == OIDC_EXCHANGE ? "authorization_code" : "refresh_token");
	if (w->kind == OIDC_EXCHANGE) {
		add(&form, "code", w->code);
		add(&form, "redirect_uri", w->redirect);
		add(&form, "code_verifier", w->verifier);
	} else {
		add(&form, "refresh_token", w->more);
	}
	if (!is_basic)
		add(&form, "client_id", o->cfg.rules.client);
	if (has_secret && !is_basic)
		add(&form, "client_secret", o->cfg.secret);
	wbuf_u8(&form, 0);
	is_there = !form.full &&
		oidc_fetch(answer, &o->cfg, a->token, text,
			is_basic ? o->cfg.rules.client : NULL, o->cfg.secret);
	explicit_bzero(text, sizeof text);
	return is_there ? true : fail(w, OIDC_AWAY, "the provider does not answer");
}

/* RFC 6749 section 5.2: what is ours to mend is told apart from a no to this one. */
static bool look_at(struct oidc_work *w, const struct oidc_answer *a)
{
	char error[64] = "";

	if (a->status == 200)
		return true;
	if (a->status >= 500 || a->status == 429)
		return fail(w, OIDC_AWAY, "the provider is out of order");
	oidc_read_error(error, sizeof error, a->text ? a->text : "", a->n);
	if (strcmp(error, "invalid_grant") == 0)
		return fail(w, OIDC_DENIED, "the provider does not take it");
	return fail(w, OIDC_BAD,
		strcmp(error, "invalid_client") == 0 || a->status == 401
			? "the provider does not know this client: look at client-id and "
			  "client-secret-file"
			: "the provider does not understand the question");
}

static void run_tokens(struct oidc *o, struct oidc_work *w, const struct oidc_about *a)
{
	struct oidc_answer answer = { 0 };
	struct oidc_tokens *t = calloc(1, sizeof *t); /* large for a thread's stack */

	if (!t) {
		(void)fail(w, OIDC_AWAY, "no memory");
		return;
	}
	if (!ask_tokens(o, w, a, &answer) || !look_at(w, &answer))
		goto out;
	if (oidc_read_tokens(t, answer.text ? answer.text : "", answer.n)) {
		(void)fail(w, OIDC_BAD, "no tokens");
		goto out;
	}
	/* a provider that rotates them sends the next; one that does not means the same again */
	if (w->kind == OIDC_EXCHANGE || *t->more)
		memcpy(w->more, t->more, sizeof w->more);
	if (*t->id)
		(void)open_token(o, w, a, t->id);
	else if (w->kind == OIDC_EXCHANGE)
		(void)fail(w, OIDC_BAD, "no ID token");
	else
		w->outcome = OIDC_DONE;
out:
	oidc_answer_close(&answer);
	explicit_bzero(t, sizeof *t);
	free(t);
}

void oidc_run(struct oidc *o, struct oidc_work *w)
{
	struct oidc_about a = { .takes_basic = true };

	w->outcome = OIDC_DONE;
	w->why = NULL;
	w->has_claims = false;
	if (!about(o, w, &a))
		return;
	w->outcome = OIDC_DONE;
	memcpy(w->authorize, a.authorize, sizeof w->authorize);
	memcpy(w->end, a.end, sizeof w->end);
	switch (w->kind) {
	case OIDC_BEGIN: break;
	case OIDC_EXCHANGE:
	case OIDC_REFRESH: run_tokens(o, w, &a); break;
	case OIDC_LOGOUT: (void)open_token(o, w, &a, w->token); break;
	}
}
