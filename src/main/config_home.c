/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_home -- the agreement on working from home, and the clearance of the office; see config.h. */
#include "main/config_inner.h"

#include "base/text.h"
#include "core/home/shift.h"

cfg_opt_t config_agreement_opts[] = {
	CFG_STR("folder", "", CFGF_NONE),
	CFG_INT("reconfirm", 365, CFGF_NONE),
	CFG_END(),
};

/* An evaluation: it ships switched off [N7]. */
cfg_opt_t config_staff_opts[] = {
	CFG_BOOL("pulse", cfg_false, CFGF_NONE),
	CFG_END(),
};

cfg_opt_t config_office_opts[] = {
	CFG_STR("clearance", "strict", CFGF_NONE),
	CFG_END(),
};

void config_read_home(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *agreement = cfg_getsec(cfg, "agreement");

	if (text_copy(out->agreement, sizeof out->agreement,
		    cfg_getstr(agreement, "folder")))
		config_complain(
			r, agreement, "folder", "empty or a text of at most 127 bytes");
	out->reconfirm_ms = config_number(r, agreement, "reconfirm", 0, 3650) *
		HOME_DAY_MS;
	out->pulse = cfg_getbool(cfg_getsec(cfg, "staff"), "pulse");
	config_read_clearance(
		r, cfg_getsec(cfg, "office"), "clearance", &out->office_clearance);
}
