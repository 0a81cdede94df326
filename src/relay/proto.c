/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* proto -- see proto.h: the size of each message, for both ends. */
#include "relay/proto.h"

#include <stddef.h>

#define HEAD sizeof(struct rp_head)

/* Bodies are padded by hand so that both ends see the same bytes and none is left unwritten. */
_Static_assert(sizeof(struct rp_head) == 24, "rp_head has no hidden padding");
_Static_assert(sizeof(struct rp_leg_ok) == 216, "rp_leg_ok has no hidden padding");
_Static_assert(sizeof(struct rp_srtp) == 208, "rp_srtp has no hidden padding");
_Static_assert(sizeof(struct rp_leg_rtp) ==
		24 + RP_ADDR_SIZE + 8 + RP_CODECS_MAX * sizeof(struct rp_codec) +
			sizeof(struct rp_srtp),
	"rp_leg_rtp has no hidden padding");
_Static_assert(sizeof(struct rp_leg_remote) == sizeof(struct rp_leg_rtp),
	"rp_leg_remote has no hidden padding");
_Static_assert(
	sizeof(struct rp_rest) == 24 + 2 * RP_REST_MAX, "rp_rest has no hidden padding");
_Static_assert(sizeof(struct rp_leg_web) == 184, "rp_leg_web has no hidden padding");
_Static_assert(offsetof(struct rp_leg_state, ok) == 56, "rp_leg_state has no padding");

static const uint32_t sizes[] = {
	[RP_HELLO] = HEAD,
	[RP_LEG_RTP] = sizeof(struct rp_leg_rtp),
	[RP_LEG_WEB] = sizeof(struct rp_leg_web),
	[RP_LEG_REMOTE] = sizeof(struct rp_leg_remote),
	[RP_LEG_CLOSE] = HEAD,
	[RP_JOIN] = sizeof(struct rp_join),
	[RP_PART] = HEAD,
	[RP_MIX] = sizeof(struct rp_mix),
	[RP_KEY] = sizeof(struct rp_key),
	[RP_PLAY] = sizeof(struct rp_play),
	[RP_STOP] = HEAD,
	[RP_ECHO] = sizeof(struct rp_echo),
	[RP_CLIP] = sizeof(struct rp_clip),
	[RP_BLOB] = sizeof(struct rp_blob),
	[RP_CLAIM] = HEAD,
	[RP_SNAPSHOT] = HEAD,
	[RP_STATS] = HEAD,
	[RP_REST] = sizeof(struct rp_rest),
	[RP_QUIT] = HEAD,
	[RP_DONE] = HEAD,
	[RP_HELLO_OK] = sizeof(struct rp_hello_ok),
	[RP_LEG_OK] = sizeof(struct rp_leg_ok),
	[RP_LEG_STATE] = sizeof(struct rp_leg_state),
	[RP_SNAPSHOT_END] = HEAD,
	[RP_STATS_OK] = sizeof(struct rp_stats),
	[RP_EV_UP] = HEAD,
	[RP_EV_DOWN] = HEAD,
	[RP_EV_SILENT] = HEAD,
	[RP_EV_HEARD] = HEAD,
	[RP_EV_CLIP_DONE] = sizeof(struct rp_clip_done),
	[RP_EV_FIRST] = sizeof(struct rp_first),
	[RP_EV_DIGIT] = sizeof(struct rp_digit),
	[RP_EV_LOSSY] = sizeof(struct rp_lossy),
	[RP_EV_DRAIN] = HEAD,
};

uint32_t rp_size(uint16_t type)
{
	return type < sizeof sizes / sizeof *sizes ? sizes[type] : 0;
}
