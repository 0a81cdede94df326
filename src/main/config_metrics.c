/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_metrics -- where health and metrics are served, if at all; see config.h. */
#include "main/config_inner.h"

#include <arpa/inet.h>

cfg_opt_t config_metrics_opts[] = {
	CFG_STR("address", "127.0.0.1", CFGF_NONE),
	CFG_INT("port", -1, CFGF_NONE),
	CFG_END(),
};

void config_read_metrics(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *sec = cfg_getsec(cfg, "metrics");
	uint8_t addr[16];

	config_string(
		r, sec, "address", true, out->metrics_addr, sizeof out->metrics_addr);
	if (inet_pton(AF_INET, out->metrics_addr, addr) != 1 &&
		inet_pton(AF_INET6, out->metrics_addr, addr) != 1)
		config_complain(r, sec, "address",
			"an address of this machine; better one that only the monitor "
			"reaches");
	out->metrics_port = -1;
	if (cfg_getint(sec, "port") != -1)
		out->metrics_port = (int)config_number(r, sec, "port", 0, 65535);
}
