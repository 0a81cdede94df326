/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sip_tls -- see sip_tls.h. */
#include "main/sip_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/options.h"
#include "web/pair.h"

#define FILE_MOST   (4u << 20) /* bytes; the authorities of Debian are 220 KB */
#define AGENT_FILE  "agent.pem"
#define CAFILE_FILE "cafile.pem"

static int complain(const char *option, const char *path, const char *what)
{
	fprintf(stderr, "sip: %s = \"%s\": %s.\n", option, path, what);
	return EINVAL;
}

/* The whole file behind what is in `to` already. */
static int append(int to, const char *option, const char *path)
{
	char buf[16384];
	size_t sum = 0;
	ssize_t n = 0;
	int err = 0, from = open(path, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return complain(option, path, strerror(errno));
	while (!err && (n = read(from, buf, sizeof buf)) > 0) {
		sum += (size_t)n;
		if (sum > FILE_MOST || write(to, buf, (size_t)n) != n)
			err = complain(option, path, "it cannot be copied");
	}
	if (n < 0)
		err = complain(option, path, strerror(errno));
	close(from);
	return !err && write(to, "\n", 1) != 1 ? EIO : err;
}

static int check_pair(const struct config *cfg)
{
	struct pair p = { 0 };
	const int64_t now = time(NULL);
	enum pair_fault f = pair_read(&p, cfg->sip_certificate, cfg->sip_key, now);
	const bool key = pair_is_about_key(f);

	if (f == PAIR_GOOD && p.ends_s < now + PAIR_SOON_S)
		log_warn("sip: the certificate ends in %lld days",
			(long long)((p.ends_s - now) / 86400));
	pair_close(&p);
	return f == PAIR_GOOD
		? 0
		: complain(key ? "key" : "certificate",
			  key ? cfg->sip_key : cfg->sip_certificate, pair_words(f));
}

static int open_in(const char *folder, const char *name)
{
	char path[OPTIONS_PATH_MAX];

	if (text_format(path, sizeof path, "%s/%s", folder, name))
		return -1;
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* The chain goes to the authorities, too: sofia-sip sends one certificate of its file, and OpenSSL completes it
 * from there. A certificate that has not signed itself makes nobody believed. */
static int fill(const struct config *cfg, const char *folder)
{
	const bool has_own = *cfg->sip_certificate;
	int cafile = open_in(folder, CAFILE_FILE), agent = -1;
	int err = cafile < 0 ? errno
			     : append(cafile, "authorities", cfg->sip_authorities);

	if (!err && has_own) {
		agent = open_in(folder, AGENT_FILE);
		err = agent < 0 ? errno
				: append(agent, "certificate", cfg->sip_certificate);
		if (!err)
			err = append(agent, "key", cfg->sip_key);
		if (!err)
			err = append(cafile, "certificate", cfg->sip_certificate);
	}
	if (agent >= 0)
		close(agent);
	if (cafile >= 0)
		close(cafile);
	return err;
}

int sip_tls_make(const struct config *cfg, const char *state, char *path, size_t cap)
{
	int err = *cfg->sip_certificate ? check_pair(cfg) : 0;

	if (err)
		return err;
	err = text_format(path, cap, "%s/sip-tls-XXXXXX", state);
	if (err || !mkdtemp(path)) {
		err = err ? err : errno;
		fprintf(stderr, "%s: no folder can be made there: %s.\n", state,
			strerror(err));
		*path = '\0';
		return err;
	}
	err = fill(cfg, path);
	if (err)
		sip_tls_remove(path);
	return err;
}

void sip_tls_remove(const char *path)
{
	static const char *const names[] = { AGENT_FILE, CAFILE_FILE };
	char file[OPTIONS_PATH_MAX];

	if (!*path)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!text_format(file, sizeof file, "%s/%s", path, names[i]))
			(void)unlink(file);
	(void)rmdir(path);
}
