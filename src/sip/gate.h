/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * gate -- who may come in: a listed address, a dialog's own address, or the digest credential.
 *
 * A refusal is stateless and makes at most one log line a second.  Thread: SIP.
 */
#ifndef SIP_GATE_H
#define SIP_GATE_H

#include "sip/station.h"

#define GATE_LOG_MS 1000

/* False: it was refused, with 403 or 401. */
bool gate_admit(struct request *rq);
/* The credential, whatever the address; false: refused with 401, or 403 where there is none. */
bool gate_prove(struct request *rq);

#endif
