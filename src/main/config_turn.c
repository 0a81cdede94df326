/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_turn -- the TURN server beside the house, for networks that let no UDP out; see config.h. */
#include "main/config_inner.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

/* Without a port of its own each account of a line would have no place: a browser makes one for each way it tries. */
#define PORTS_LEAST 16

cfg_opt_t config_turn_opts[] = {
	CFG_STR("host", "", CFGF_NONE),
	CFG_INT("port", 3478, CFGF_NONE),
	CFG_INT("tls-port", 0, CFGF_NONE),
	CFG_STR("realm", "", CFGF_NONE),
	CFG_STR("secret-file", "", CFGF_NONE),
	CFG_INT("lifetime", 720, CFGF_NONE),
	CFG_STR("address", "", CFGF_NONE),
	CFG_STR("public", "", CFGF_NONE),
	CFG_INT("min-port", 49152, CFGF_NONE),
	CFG_INT("max-port", 51199, CFGF_NONE),
	CFG_STR("certificate", "", CFGF_NONE),
	CFG_STR("key", "", CFGF_NONE),
	CFG_END(),
};

/* "": without it what `otherwise` is. */
static void read_address(struct config_reader *r, cfg_t *sec, const char *option,
	const char *otherwise, char dst[CONFIG_TEXT_MAX])
{
	struct in_addr any;

	config_string(r, sec, option, false, dst, CONFIG_TEXT_MAX);
	if (*dst && (inet_pton(AF_INET, dst, &any) != 1 || !any.s_addr))
		config_complain(
			r, sec, option, "an IPv4 address such as 192.0.2.7, or empty");
	if (!*dst)
		(void)text_copy(dst, CONFIG_TEXT_MAX, otherwise);
}

static void read_ports(struct config_reader *r, cfg_t *sec, struct config_turn *t)
{
	t->app.port = (uint16_t)config_number(r, sec, "port", 1, 65535);
	t->app.tls_port = (uint16_t)config_number(r, sec, "tls-port", 0, 65535);
	t->low = (uint16_t)config_number(r, sec, "min-port", 1024, 65535);
	t->high = (uint16_t)config_number(r, sec, "max-port", 1024, 65535);
	if (t->app.tls_port == t->app.port)
		config_complain(r, sec, "tls-port", "another one than port");
	if (t->high < t->low + PORTS_LEAST - 1)
		config_complain(
			r, sec, "max-port", "at least 15 above min-port: a line takes 3");
}

static void read_pair(struct config_reader *r, cfg_t *sec, struct config_turn *t)
{
	config_string(
		r, sec, "certificate", false, t->certificate, sizeof t->certificate);
	config_string(r, sec, "key", false, t->key, sizeof t->key);
	if (!*t->certificate != !*t->key)
		config_complain(r, sec, *t->key ? "certificate" : "key",
			"given together with the other one");
	if (t->app.tls_port && !*t->certificate)
		config_complain(
			r, sec, "certificate", "a PEM file where tls-port is given");
}

/* A text of turnserver.conf: nothing in it ends a line or begins a comment. */
static bool is_plain(const char *text)
{
	return !strpbrk(text, " \t\"'#\\");
}

static void read_texts(struct config_reader *r, cfg_t *sec, struct config_turn *t)
{
	config_string(r, sec, "realm", false, t->realm, sizeof t->realm);
	if (!is_plain(t->realm))
		config_complain(r, sec, "realm", "a name such as example.org");
	if (!*t->realm)
		(void)text_copy(t->realm, sizeof t->realm, t->app.host);
	config_string(r, sec, "secret-file", true, t->secret_file, sizeof t->secret_file);
	t->app.lifetime_s = (uint32_t)config_number(r, sec, "lifetime", 1, 1440) * 60;
}

void config_read_turn(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *sec = cfg_getsec(cfg, "turn");
	struct config_turn *t = &out->turn;

	if (!*cfg_getstr(sec, "host"))
		return;
	out->has_turn = true;
	config_string(r, sec, "host", true, t->app.host, sizeof t->app.host);
	if (!config_is_host(t->app.host))
		config_complain(r, sec, "host",
			"a name that browsers find, such as turn.example.org, or an IPv4 "
			"address");
	read_ports(r, sec, t);
	read_texts(r, sec, t);
	read_address(r, sec, "address", out->relay_addr, t->addr);
	read_address(r, sec, "public", "", t->public_addr);
	read_pair(r, sec, t);
}

const char *config_turn_secret(const struct config_turn *t, char out[TURN_SECRET_MAX])
{
	const char *why = config_read_secret(t->secret_file, out, TURN_SECRET_MAX);

	if (!why && strlen(out) < TURN_SECRET_LEAST)
		why = "has a secret of less than 32 characters: openssl rand -hex 32 "
		      "makes one";
	if (!why && (!is_plain(out) || !text_is_clean_utf8(out)))
		why = "has a secret with blanks, quotes, '#' or '\\'";
	return why;
}
