/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_sign_on -- the provider of identities, and what the house makes of what it says; see config.h. */
#include "main/config_inner.h"

#include <string.h>

#include "base/slice.h"
#include "base/text.h"

cfg_opt_t config_sign_on_opts[] = {
	CFG_STR("issuer", "", CFGF_NONE),
	CFG_STR("name", "", CFGF_NONE),
	CFG_STR("client-id", "", CFGF_NONE),
	CFG_STR("client-secret-file", "", CFGF_NONE),
	CFG_STR("ca-file", "", CFGF_NONE),
	CFG_STR("scopes", "openid profile", CFGF_NONE),
	CFG_STR("login-claim", "preferred_username", CFGF_NONE),
	CFG_STR("roles-claim", "groups", CFGF_NONE),
	CFG_STR_LIST("roles", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("second-factor", (char *)"{}", CFGF_NONE),
	CFG_BOOL("link-by-login", cfg_false, CFGF_NONE),
	CFG_BOOL("passwords", cfg_true, CFGF_NONE),
	CFG_INT("check", 15, CFGF_NONE),
	CFG_INT("unchecked", 600, CFGF_NONE),
	CFG_END(),
};

/* "cn=desk,ou=groups=agent": a group may have signs of its own, so the last one counts. */
static bool read_map(struct sign_on_map *map, const char *text)
{
	const char *sign = strrchr(text, '=');

	if (!sign || sign == text ||
		slice_copy(slice_of(text, (size_t)(sign - text)), map->group,
			sizeof map->group))
		return false;
	map->role = store_role_of(sign + 1);
	return map->role && text_is_clean_utf8(map->group);
}

static void read_roles(struct config_reader *r, cfg_t *sec, struct sign_on_rules *rules)
{
	for (unsigned i = 0; i < cfg_size(sec, "roles"); i++) {
		if (rules->n_maps == SIGN_ON_MAPS_MAX ||
			!read_map(&rules->maps[rules->n_maps],
				cfg_getnstr(sec, "roles", i))) {
			config_complain(r, sec, "roles",
				"a list of at most 32 texts such as \"desk=agent\": a "
				"group of the provider's and agent, lead, administrator, "
				"officer or staff-body");
			return;
		}
		rules->n_maps++;
	}
}

static void read_second(struct config_reader *r, cfg_t *sec, struct sign_on_rules *rules)
{
	for (unsigned i = 0; i < cfg_size(sec, "second-factor"); i++) {
		const char *word = cfg_getnstr(sec, "second-factor", i);

		if (rules->n_second == SIGN_ON_SECOND_MAX || !*word ||
			text_copy(
				rules->second[rules->n_second], SIGN_ON_WORD_MAX, word)) {
			config_complain(r, sec, "second-factor",
				"a list of at most 8 words of the provider's such as "
				"\"mfa\"");
			return;
		}
		rules->n_second++;
	}
}

/* RFC 6749 section 3.3: words with a blank between them; "openid" makes it OpenID Connect. */
static bool are_scopes(const char *text)
{
	struct slice rest = slice_str(text);
	bool is_open = false;

	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
			return false;
	while (rest.n)
		is_open = slice_is(slice_cut(&rest, ' '), "openid") || is_open;
	return is_open;
}

static void read_times(
	struct config_reader *r, cfg_t *sec, struct app_sign_on_config *app)
{
	app->check_ms = config_number(r, sec, "check", 1, 1440) * 60000;
	app->unchecked_ms = config_number(r, sec, "unchecked", 1, 43200) * 60000;
	if (app->unchecked_ms < app->check_ms)
		config_complain(r, sec, "unchecked", "at least as long as check");
}

static void read_texts(struct config_reader *r, cfg_t *sec, struct config_sign_on *s)
{
	config_string(r, sec, "name", false, s->app.name, sizeof s->app.name);
	config_string(r, sec, "client-id", true, s->oidc.rules.client,
		sizeof s->oidc.rules.client);
	config_string(r, sec, "client-secret-file", false, s->secret_file,
		sizeof s->secret_file);
	config_string(r, sec, "ca-file", false, s->oidc.ca_file, sizeof s->oidc.ca_file);
	config_string(r, sec, "scopes", true, s->app.scopes, sizeof s->app.scopes);
	config_string(r, sec, "login-claim", true, s->oidc.login_claim,
		sizeof s->oidc.login_claim);
	config_string(r, sec, "roles-claim", true, s->oidc.roles_claim,
		sizeof s->oidc.roles_claim);
	if (!are_scopes(s->app.scopes))
		config_complain(r, sec, "scopes",
			"words such as \"openid profile email\", and openid among them");
}

void config_read_sign_on(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *sec = cfg_getsec(cfg, "sign-on");
	struct config_sign_on *s = &out->sign_on;

	if (!*cfg_getstr(sec, "issuer"))
		return;
	out->has_sign_on = true;
	config_string(r, sec, "issuer", true, s->oidc.rules.issuer,
		sizeof s->oidc.rules.issuer);
	if (!oidc_is_url(s->oidc.rules.issuer))
		config_complain(r, sec, "issuer",
			"an address such as https://login.example.org/realms/house, as "
			"the "
			"provider itself says it; http on this machine's loopback only");
	read_texts(r, sec, s);
	read_roles(r, sec, &s->oidc.rules);
	read_second(r, sec, &s->oidc.rules);
	read_times(r, sec, &s->app);
	s->app.links_by_login = cfg_getbool(sec, "link-by-login");
	s->app.has_passwords = cfg_getbool(sec, "passwords");
}
