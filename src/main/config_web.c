/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_web -- who reaches the pages, and how: certificate, names, proxies.  Part of config. */
#include "main/config_inner.h"

#include <string.h>

#include "base/text.h"
#include "web/request.h"

static void read_address(struct config_reader *r, cfg_t *web, struct config *out)
{
	struct sockaddr_storage a;

	config_string(r, web, "address", true, out->web_addr, sizeof out->web_addr);
	if (addr_read(&a, out->web_addr)) {
		config_complain(r, web, "address",
			"an IPv4 address of this machine such as 127.0.0.1, or an IPv6 "
			"address");
		return;
	}
	if (addr_is_loopback(&a) || *cfg_getstr(web, "certificate"))
		return;
	config_complain(r, web, "address",
		"127.0.0.1 as long as there is no certificate: name its PEM files with "
		"certificate and key, or put a proxy with TLS in front (proxies)");
}

/* A list of texts that `is` likes. Returns how many. */
static size_t read_list(struct config_reader *r, cfg_t *web, const char *option,
	char (*out)[WEB_NAME_MAX], size_t max, bool (*is)(const char *text),
	const char *want)
{
	unsigned n = cfg_size(web, option);
	size_t k = 0;

	for (unsigned i = 0; i < n; i++) {
		const char *text = cfg_getnstr(web, option, i);

		if (k == max || text_copy(out[k], WEB_NAME_MAX, text) || !is(text)) {
			config_complain(r, web, option, want);
			return k;
		}
		k++;
	}
	return k;
}

static bool is_address(const char *text)
{
	struct sockaddr_storage a;

	return addr_read(&a, text) == 0;
}

static void read_proxy_header(struct config_reader *r, cfg_t *web, struct config *out)
{
	const char *word = cfg_getstr(web, "proxy-header");

	out->reads_forwarded = strcmp(word, "forwarded") == 0;
	if (!out->reads_forwarded && strcmp(word, "x-forwarded-for") != 0)
		config_complain(r, web, "proxy-header", "x-forwarded-for or forwarded");
}

/* What leads to HTTPS needs HTTPS, under a name. */
static void read_redirect(struct config_reader *r, cfg_t *web, struct config *out)
{
	out->redirect_port = (uint16_t)config_number(r, web, "redirect-port", 0, 65535);
	config_string(
		r, web, "acme-folder", false, out->acme_folder, sizeof out->acme_folder);
	if (out->redirect_port && !*out->certificate)
		config_complain(r, web, "redirect-port",
			"0 as long as there is no certificate: a proxy leads to HTTPS "
			"itself");
	if (*out->acme_folder && !out->redirect_port)
		config_complain(r, web, "acme-folder",
			"left away but with redirect-port, where it is served");
}

void config_read_access(struct config_reader *r, cfg_t *web, struct config *out)
{
	read_address(r, web, out);
	config_string(
		r, web, "certificate", false, out->certificate, sizeof out->certificate);
	config_string(r, web, "key", false, out->key, sizeof out->key);
	if (!*out->certificate != !*out->key)
		config_complain(r, web, *out->key ? "key" : "certificate",
			"given together with the other one: certificate and key, or "
			"neither");
	out->n_names = read_list(r, web, "names", out->names, WEB_NAMES_MAX,
		request_is_name,
		"a list of at most 8 names such as desk.example.org, in lower case");
	out->n_proxies = read_list(r, web, "proxies", out->proxies, ADDR_PROXIES_MAX,
		is_address, "a list of at most 8 addresses such as 127.0.0.1");
	read_proxy_header(r, web, out);
	read_redirect(r, web, out);
	out->connections_here = (uint32_t)config_number(
		r, web, "per-address", 32, WEB_HERE_HIGH);
	if ((*out->certificate || out->n_proxies) && out->n_names == 0)
		config_complain(r, web, *out->certificate ? "certificate" : "proxies",
			"together with names, by which browsers call this house: names = "
			"{ \"desk.example.org\" }");
}

/* An IPv6 address stands in brackets (RFC 3986 section 3.2.2). */
int config_base(const struct config *c, unsigned port, char *out, size_t cap)
{
	const char *name = c->n_names ? c->names[0] : c->web_addr;
	bool is_secure = *c->certificate || c->n_proxies;
	bool is_v6 = !c->n_names && strchr(name, ':');
	/* a proxy has a port of its own, the usual one unless the name says another */
	bool has_port = c->n_names &&
		(c->n_proxies || port == 443 || strrchr(name, ':') > strrchr(name, ']'));
	int err = text_format(out, cap, "%s%s%s%s", request_scheme(is_secure),
		is_v6 ? "[" : "", name, is_v6 ? "]" : "");
	size_t n = err ? 0 : strlen(out);

	return err || has_port ? err : text_format(out + n, cap - n, ":%u", port);
}
