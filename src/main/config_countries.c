/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_countries -- where what this file names may lie [RULES L1]; see config.h. */
#include "main/config_inner.h"

#include <string.h>

#include "base/text.h"

cfg_opt_t config_countries_opts[] = {
	CFG_STR_LIST("allowed", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("delegated", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("networks", (char *)"{}", CFGF_NONE),
	CFG_END(),
};

/* At most so many; more are a complaint. */
static size_t count(struct config_reader *r, cfg_t *sec, const char *option, size_t max,
	const char *want)
{
	size_t n = cfg_size(sec, option);

	if (n <= max)
		return n;
	config_complain(r, sec, option, want);
	return max;
}

static void read_allowed(struct config_reader *r, cfg_t *sec, struct config_countries *k)
{
	static const char want[] =
		"a list of at most 32 codes of ISO 3166, such as { \"CH\", \"LI\" }";

	k->n_allowed = count(r, sec, "allowed", CONFIG_COUNTRIES_MAX, want);
	for (size_t i = 0; i < k->n_allowed; i++) {
		const char *code = cfg_getnstr(sec, "allowed", (unsigned)i);

		if (country_is_code(code))
			memcpy(k->allowed[i], code, COUNTRY_CODE);
		else
			config_complain(r, sec, "allowed", want);
	}
}

static void read_files(struct config_reader *r, cfg_t *sec, struct config_countries *k)
{
	static const char want[] =
		"a list of at most 5 files, as the registries publish them";

	k->n_delegated = count(r, sec, "delegated", CONFIG_DELEGATED_MAX, want);
	for (size_t i = 0; i < k->n_delegated; i++) {
		const char *path = cfg_getnstr(sec, "delegated", (unsigned)i);

		if (!*path || text_copy(k->delegated[i], sizeof k->delegated[i], path))
			config_complain(r, sec, "delegated", want);
	}
}

static void read_networks(struct config_reader *r, cfg_t *sec, struct config_countries *k)
{
	static const char want[] = "a list of at most 64 networks such as "
				   "\"192.0.2.0/24\" or \"2001:db8::/32\"";

	k->n_nets = count(r, sec, "networks", CONFIG_NETS_MAX, want);
	for (size_t i = 0; i < k->n_nets; i++)
		if (!country_net(&k->nets[i], cfg_getnstr(sec, "networks", (unsigned)i)))
			config_complain(r, sec, "networks", want);
}

void config_read_countries(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *sec = cfg_getsec(cfg, "countries");
	struct config_countries *k = &out->countries;

	read_allowed(r, sec, k);
	read_files(r, sec, k);
	read_networks(r, sec, k);
	if (k->n_allowed && !k->n_delegated && !k->n_nets)
		config_complain(r, sec, "delegated",
			"a list with a registry's file (or networks one of networks), "
			"or nobody could tell which addresses lie there");
	if (!k->n_allowed && (k->n_delegated || k->n_nets))
		config_complain(r, sec, "allowed",
			"given where delegated or networks are, such as { \"CH\" }");
}
