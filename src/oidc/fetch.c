/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fetch -- one HTTP request by libcurl, bounded in time and size.  Part of oidc; any thread.
 *
 * A handle for each: logins are rare, and a connection that is kept would have to be watched.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/text.h"
#include "oidc/inner.h"

int oidc_start(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) ? EIO : 0;
}

void oidc_answer_close(struct oidc_answer *a)
{
	if (a->text)
		explicit_bzero(a->text, a->n); /* tokens */
	free(a->text);
	*a = (struct oidc_answer){ 0 };
}

int oidc_escape(char *out, size_t cap, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._*";
	struct wbuf w = wbuf_of(out, cap);

	for (; *text; text++) {
		if (strchr(plain, *text))
			wbuf_u8(&w, (uint8_t)*text);
		else
			wbuf_printf(&w, "%%%02X", (unsigned)(unsigned char)*text);
	}
	wbuf_u8(&w, 0);
	return w.full ? ENAMETOOLONG : 0;
}

/* More than there may be ends the request. */
static size_t take(char *p, size_t size, size_t n, void *arg)
{
	struct oidc_answer *a = arg;
	char *room;

	n *= size; /* size is 1 (CURLOPT_WRITEFUNCTION) */
	if (n > OIDC_BYTES_MAX - a->n)
		return 0;
	room = realloc(a->text, a->n + n + 1);
	if (!room)
		return 0;
	a->text = room;
	memcpy(room + a->n, p, n);
	a->n += n;
	room[a->n] = 0;
	return n;
}

/* The provider's name may lead elsewhere than where the house allows. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct oidc_config *cfg = arg;

	if (cfg->may_reach && !cfg->may_reach(cfg->reach_arg, &a->addr)) {
		log_warn("sign-on: an address of the provider lies outside the countries "
			 "that are allowed, and is not asked");
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* What is set is known to every libcurl that Debian has; what fails for want of memory ends the request. */
static bool prepare(
	CURL *curl, struct oidc_answer *a, const struct oidc_config *cfg, const char *url)
{
	return !curl_easy_setopt(curl, CURLOPT_URL, url) &&
		!curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") &&
		!curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) &&
		!curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) && /* threads */
		!curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)OIDC_MS) &&
		!curl_easy_setopt(
			curl, CURLOPT_CONNECTTIMEOUT_MS, (long)OIDC_CONNECT_MS) &&
		/* what the environment says of proxies is not meant for secrets */
		!curl_easy_setopt(curl, CURLOPT_PROXY, "") &&
		!curl_easy_setopt(curl, CURLOPT_USERAGENT, "heimamt") &&
		!curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
		!curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)cfg) &&
		!curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) &&
		!curl_easy_setopt(curl, CURLOPT_WRITEDATA, a) &&
		!curl_easy_setopt(
			curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
		(!*cfg->ca_file || !curl_easy_setopt(curl, CURLOPT_CAINFO, cfg->ca_file));
}

/* RFC 6749 section 2.3.1: both in the form's own letters first. */
static bool show(CURL *curl, const char *user, const char *secret)
{
	char name[3 * SIGN_ON_TEXT_MAX], word[3 * OIDC_SECRET_MAX];
	bool is_shown = !oidc_escape(name, sizeof name, user) &&
		!oidc_escape(word, sizeof word, secret) &&
		!curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) &&
		!curl_easy_setopt(curl, CURLOPT_USERNAME, name) &&
		!curl_easy_setopt(curl, CURLOPT_PASSWORD, word);

	explicit_bzero(word, sizeof word);
	return is_shown;
}

bool oidc_fetch(struct oidc_answer *out, const struct oidc_config *cfg, const char *url,
	const char *form, const char *user, const char *secret)
{
	CURL *curl = curl_easy_init();
	long status = 0;
	bool is_there = curl && prepare(curl, out, cfg, url) &&
		(!form || !curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form)) &&
		(!user || show(curl, user, secret)) && !curl_easy_perform(curl) &&
		!curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);

	curl_easy_cleanup(curl);
	out->status = (unsigned)status;
	return is_there;
}
