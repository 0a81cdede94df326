/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sip_tls -- see sip_tls.h. */
#include "main/sip_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/options.h"

#define FILE_MOST   (4u << 20) /* bytes; the authorities of Debian are 220 KB */
#define SOON_S      (14 * 86400) /* a certificate that ends soon is told */
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

static X509 *read_certificate(const char *path)
{
	BIO *in = BIO_new_file(path, "r");
	X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;

	BIO_free(in);
	return x;
}

/* "": no passphrase is asked for on the terminal. */
static EVP_PKEY *read_key(const char *path)
{
	char none[] = "";
	BIO *in = BIO_new_file(path, "r");
	EVP_PKEY *k = in ? PEM_read_bio_PrivateKey(in, NULL, NULL, none) : NULL;

	BIO_free(in);
	return k;
}

/* In days; INT_MIN: OpenSSL cannot say. */
static int check_dates(const X509 *x, const char *path)
{
	int days = 0, seconds = 0;

	if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)))
		return complain("certificate", path, "its dates cannot be read");
	if (days < 0 || seconds < 0)
		return complain("certificate", path, "it has ended; renew it");
	if (days < SOON_S / 86400)
		log_warn("sip: the certificate ends in %d days", days);
	return X509_cmp_current_time(X509_get0_notBefore(x)) > 0
		? complain("certificate", path, "it is not valid yet")
		: 0;
}

static int check_pair(const struct config *cfg)
{
	X509 *x = read_certificate(cfg->sip_certificate);
	EVP_PKEY *k = x ? read_key(cfg->sip_key) : NULL;
	int err;

	if (!x)
		err = complain("certificate", cfg->sip_certificate,
			"no certificate can be read from it (PEM)");
	else if (!k)
		err = complain("key", cfg->sip_key,
			"no key without a passphrase can be read from it (PEM)");
	else if (X509_check_private_key(x, k) != 1)
		err = complain("key", cfg->sip_key, "it is not the certificate's");
	else
		err = check_dates(x, cfg->sip_certificate);
	ERR_clear_error();
	X509_free(x);
	EVP_PKEY_free(k);
	return err;
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
