/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* challenge -- see challenge.h.  SIP thread. */
#include "sip/challenge.h"
#include <stdlib.h>
#include <string.h>

static int answer_it(char out[CREDENTIAL_MAX], const struct carrier *c,
	nta_outgoing_t *request, const msg_auth_t *asked, bool *stale)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const char *uri = url_as_string(home, nta_outgoing_request_uri(request));
	int err = uri ? credential_answer(out, &c->credential, asked,
				nta_outgoing_method_name(request), uri, stale)
		      : -1;
	su_home_deinit(home);
	return err;
}

bool challenge_take(struct challenge *c, struct station *st, const struct peers_addr *to,
	nta_outgoing_t *request, const sip_t *answer)
{
	char auth[CREDENTIAL_MAX];
	int status = nta_outgoing_status(request);
	int kind = status == 407;
	const struct carrier *carrier = carrier_of(st, to);
	bool stale = false;
	if (!answer || (status != 401 && status != 407) || !carrier ||
		!carrier->has_credential || c->n[kind] >= CHALLENGE_MOST ||
		answer_it(auth, carrier, request,
			kind ? answer->sip_proxy_authenticate
			     : answer->sip_www_authenticate,
			&stale) != 0 ||
		(c->n[kind] > 0 && !stale))
		return false;
	free(c->auth[kind]);
	c->auth[kind] = strdup(auth);
	c->n[kind]++;
	return c->auth[kind] != NULL;
}

void challenge_close(struct challenge *c)
{
	free(c->auth[0]);
	free(c->auth[1]);
	*c = (struct challenge){ .n = { 0 } };
}
