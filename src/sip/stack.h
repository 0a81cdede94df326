/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * stack -- the one place that includes sofia-sip, with the context types of its callbacks.
 *
 * sofia's sdp.h is never included and nothing that parses SDP is ever called: Debian's build can be sent
 * into an endless loop by it.
 */
#ifndef SIP_STACK_H
#define SIP_STACK_H

struct station;
struct dialog;

#define SU_ROOT_MAGIC_T      struct station
#define SU_WAKEUP_ARG_T      struct station
#define SU_TIMER_ARG_T       void
#define NTA_AGENT_MAGIC_T    struct station
#define NTA_LEG_MAGIC_T      struct dialog
#define NTA_OUTGOING_MAGIC_T void

#include <sofia-sip/su_wait.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_strlst.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/url_tag.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

#endif
