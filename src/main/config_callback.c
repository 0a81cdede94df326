/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_callback -- where the house calls, and how often a callback is tried; see config.h. */
#include "main/config_inner.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"

#define A_PLACE                                                         \
	"a carrier such as sip:carrier.example.org, 192.0.2.7:5070 or " \
	"[2001:db8::7]"

static bool parse_outbound(struct config *out, const char *text)
{
	const char *place = strncmp(text, "sip:", 4) == 0 ? text + 4 : text;
	bool is_bare_v6;

	if (!config_place(place, out->outbound_name, sizeof out->outbound_name,
		    &out->outbound_port))
		return false;
	is_bare_v6 = config_is_v6(out->outbound_name) && *place != '[';
	return text_format(out->outbound_host, sizeof out->outbound_host, "%s%s%s",
		       is_bare_v6 ? "[" : "", place, is_bare_v6 ? "]" : "") == 0;
}

void config_read_outbound(struct config_reader *r, cfg_t *sip, struct config *out)
{
	const char *place = cfg_getstr(sip, "outbound");

	config_string(r, sip, "outbound-user", false, out->outbound_user,
		sizeof out->outbound_user);
	config_string(r, sip, "outbound-password", false, out->outbound_password,
		sizeof out->outbound_password);
	config_string(r, sip, "caller-id", false, out->caller_id, sizeof out->caller_id);
	if (!*out->outbound_user != !*out->outbound_password)
		config_complain(r, sip, "outbound-user and outbound-password",
			"given both or neither");
	if (!*place) {
		if (*out->outbound_user || *out->caller_id)
			config_complain(
				r, sip, "outbound", A_PLACE ", where a caller-id is");
		return;
	}
	if (strpbrk(out->outbound_user, "\"\\"))
		config_complain(
			r, sip, "outbound-user", "a text without quotes and backslashes");
	if (!parse_outbound(out, place)) {
		config_complain(r, sip, "outbound", A_PLACE);
		*out->outbound_host = '\0';
	}
	if (*out->outbound_host && config_is_foreign(out, out->outbound_name))
		config_complain(r, sip, "outbound",
			"of the same family as address (IPv4 or IPv6)");
	if (!config_is_number(out->caller_id))
		config_complain(r, sip, "caller-id",
			"the number that is shown to who is called, such as "
			"+41440000000");
}

void config_read_callback(struct config_reader *r, cfg_t *sec, struct config_queue *q)
{
	struct acd_queue_config *acd = &q->app.acd;

	config_string(r, sec, "callback", false, q->callback, sizeof q->callback);
	config_string(
		r, sec, "called-back", false, q->called_back, sizeof q->called_back);
	acd->callback_tries = (uint8_t)config_number(r, sec, "callback-tries", 1, 20);
	acd->retry_ms = config_number(r, sec, "callback-retry", 10, 86400) * 1000;
	/* a day: what is older the records forget */
	acd->callback_ms = config_number(r, sec, "callback-wait", 60, 86400) * 1000;
	acd->dial_ms = config_number(r, sec, "dial", 5, 180) * 1000;
}

/* Without names: what the build made in the queue's language. */
static void name_clips(struct config_reader *r, cfg_t *sec, struct config_queue *q)
{
	if ((!*q->callback &&
		    text_format(q->callback, sizeof q->callback, "callback-%s",
			    q->app.language)) ||
		(!*q->called_back &&
			text_format(q->called_back, sizeof q->called_back,
				"called-back-%s", q->app.language)))
		config_complain(r, sec, "callback and called-back",
			"names of clips, where the language is so long");
}

void config_check_callback(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	for (uint32_t i = 0; i < c->n_queues; i++) {
		struct config_queue *q = &c->queues[i];
		cfg_t *sec = cfg_getnsec(cfg, "queue", i);
		bool offers = false;

		for (unsigned k = 0; k < q->app.acd.n_diversions; k++) {
			char option[32];

			if (q->app.acd.diversions[k].to != ACD_DIVERT_CALLBACK)
				continue;
			offers = true;
			(void)text_format(option, sizeof option, "divert %u: to", k + 1);
			if (!config_calls_out(c))
				config_complain(r, sec, option,
					"queue or message, as long as sip has no "
					"outbound to call by");
		}
		if (offers)
			name_clips(r, sec, q);
		else
			*q->callback = *q->called_back = '\0'; /* nobody hears them */
		c->calls_back = c->calls_back || offers;
	}
}
