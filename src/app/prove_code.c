/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * prove_code -- codes of an authenticator app: as a second factor, and their set-up.  Part of app; see prove.h.
 *
 * A secret is drawn for the session that asks for it and lives there until one of its codes confirms that the app has
 * it; then it is sealed and recorded.  Of wrong codes an agent takes CODE_TRIES and then one in five minutes: at three
 * codes in a million that would be right that is less than one chance in a thousand a day, for somebody who
 * has the first factor already.
 */
#include "app/prove.h"

#include <openssl/crypto.h>
#include <string.h>

#include "app/totp.h"
#include "base/base32.h"
#include "store/sealer.h"

/* The step of the code that came, of this secret; -1: none, and the answer is given. */
static int64_t step_of(struct proof *p, const uint8_t *secret, int64_t used)
{
	int64_t step = -1;
	uint32_t code;

	if (!tries_take(&p->app->tries_code, p->agent, app_now_ms(p->app))) {
		prove_refuse(p, 429, "too_often");
		return -1;
	}
	if (totp_read(prove_text(p, "code"), &code))
		step = totp_match(
			secret, code, p->app->ports.wall_ms(p->app->ports.arg), used);
	if (step < 0)
		prove_wrong(p, "wrong_code");
	else
		tries_give_back(&p->app->tries_code, p->agent);
	return step;
}

void prove_code(struct proof *p)
{
	struct store_credential *c = prove_find(p->app, p->agent, STORE_TOTP);
	uint8_t secret[TOTP_SECRET];
	int64_t step;

	if (!c) {
		prove_refuse(p, 409, "no_code_app");
		return;
	}
	if (p->app->ports.unseal(p->app->ports.arg, c->agent, c->value, c->n, secret)) {
		prove_refuse(p, 503, "no_seal");
		return;
	}
	step = step_of(p, secret, c->counter);
	OPENSSL_cleanse(secret, sizeof secret);
	if (step < 0)
		return;
	c->counter = step; /* from this moment on, also should the disk be slow */
	p->factors = 2;
	p->change = *c;
	prove_month(p, &p->change);
	prove_write(p, prove_let_in);
}

void prove_code_draft(struct proof *p)
{
	struct app_session *s = app_session_find(p->app, p->session);
	const struct app_agent *ag = app_agent_find(p->app, p->agent);
	char uri[TOTP_URI], text[BASE32_SIZE(TOTP_SECRET) + 1];
	struct wbuf w = wbuf_of(text, sizeof text);

	p->app->ports.random(p->app->ports.arg, s->draft, sizeof s->draft);
	s->has_draft = true;
	if (totp_uri(uri, sizeof uri, ag->cfg.login, s->draft)) {
		prove_refuse(p, 422, "bad_message");
		return;
	}
	base32_write(&w, (struct slice){ s->draft, sizeof s->draft });
	wbuf_u8(&w, 0);
	prove_answer(p, json_pack("{s:s, s:s}", "secret", text, "uri", uri));
}

void prove_code_confirm(struct proof *p)
{
	struct app_session *s = app_session_find(p->app, p->session);
	int64_t step;

	if (!s->has_draft) {
		prove_refuse(p, 409, "no_draft");
		return;
	}
	step = step_of(p, s->draft, -1);
	if (step < 0)
		return;
	p->change = prove_new(p, STORE_TOTP);
	p->change.counter = step;
	p->change.n = TOTP_SECRET + SEALER_MORE;
	if (p->app->ports.seal(p->app->ports.arg, p->agent, s->draft, TOTP_SECRET,
		    p->change.value)) {
		prove_refuse(p, 503, "no_seal");
		return;
	}
	OPENSSL_cleanse(s->draft, sizeof s->draft);
	s->has_draft = false;
	p->factors = 2;
	prove_write(p, prove_let_in);
}

void prove_code_remove(struct proof *p)
{
	p->change = prove_new(p, STORE_TOTP);
	prove_write_and_answer(p, true);
}
