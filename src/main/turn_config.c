/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turn_config -- heimamt turn-config: what coturn, the TURN server of Debian, is to be told to serve this house alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/commands.h"
#include "main/options.h"

/* Of one account, which is one line's: each way that a browser tries, on each of its networks. */
#define USER_QUOTA 12
/* Bytes a second each way: no voice of ours is a third of it, and nothing else is to go here. */
#define BYTES_A_SECOND 64000

static const char usage[] =
	"heimamt turn-config [--config FILE]\n"
	"  Prints a whole turnserver.conf for coturn from the section turn of the "
	"configuration.\n"
	"  It holds the secret that both share: coturn may read it, and nobody else. "
	"Print "
	"it anew\n"
	"  when the section, relay's address or public, or the secret changes.\n\n"
	"Examples:\n"
	"  heimamt turn-config --config /etc/heimamt/heimamt.conf\n"
	"  umask 077; heimamt turn-config > turnserver.conf\n"
	"  install -o root -g turnserver -m 640 turnserver.conf /etc/turnserver.conf\n"
	"  systemctl restart coturn\n";

static void print_access(const struct config_turn *t)
{
	printf("# Who may: accounts that the desk is given, which end by themselves\n"
	       "use-auth-secret\n"
	       "static-auth-secret=%s\n"
	       "realm=%s\n"
	       "fingerprint\n"
	       "stale-nonce=600\n\n",
		t->app.secret, t->realm);
}

static void print_listeners(const struct config_turn *t)
{
	printf("# Where browsers come to\n"
	       "listening-ip=%s\n"
	       "listening-port=%u\n",
		t->addr, t->app.port);
	if (t->app.tls_port)
		printf("tls-listening-port=%u\n"
		       "cert=%s\n"
		       "pkey=%s\n"
		       "no-tlsv1\n"
		       "no-tlsv1_1\n",
			t->app.tls_port, t->certificate, t->key);
	else
		puts("no-tls");
	puts("no-dtls\n");
}

/* Allowed comes before denied, so what is named is all that there is. */
static void print_peers(const struct config *c)
{
	const struct config_turn *t = &c->turn;

	printf("# Where voice goes on to: the relays of the house, and nothing else\n"
	       "relay-ip=%s\n",
		t->addr);
	if (*t->public_addr)
		printf("external-ip=%s/%s\n", t->public_addr, t->addr);
	printf("min-port=%u\n"
	       "max-port=%u\n"
	       "allowed-peer-ip=%s\n",
		t->low, t->high, c->relay_addr);
	if (*c->relay_public)
		printf("allowed-peer-ip=%s\n", c->relay_public);
	puts("denied-peer-ip=0.0.0.0-255.255.255.255\n"
	     "denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"
	     "no-multicast-peers\n"
	     "no-tcp-relay\n");
}

static void print_limits(const struct config_turn *t)
{
	printf("# How much: allocations of one account and of all, bytes a second of "
	       "each\n"
	       "user-quota=%d\n"
	       "total-quota=%u\n"
	       "max-bps=%d\n\n",
		USER_QUOTA, t->high - t->low + 1u, BYTES_A_SECOND);
}

static void print_rest(void)
{
	puts("# Nothing else: no console, no tests of networks, no word on its version\n"
	     "no-cli\n"
	     "no-rfc5780\n"
	     "no-stun-backward-compatibility\n"
	     "response-origin-only-with-rfc5780\n"
	     "no-software-attribute\n"
	     "syslog\n"
	     "no-stdout-log");
}

static void print(const struct config *c, const char *path)
{
	printf("# turnserver.conf of coturn, made from %s by: heimamt turn-config\n"
	       "# It holds a secret: root:turnserver, chmod 640.\n\n",
		path);
	print_access(&c->turn);
	print_listeners(&c->turn);
	print_peers(c);
	print_limits(&c->turn);
	print_rest();
}

/* NULL, or why there is nothing to print. */
static const char *fetch(struct config *c)
{
	return c->has_turn ? config_turn_secret(&c->turn, c->turn.app.secret)
			   : "no host: there is nothing to configure";
}

int command_turn_config(int argc, char **argv)
{
	struct options o;
	struct config *c = calloc(1, sizeof *c);
	int status = c ? options_read(&o, argc, argv, usage) : 2;
	const char *why;

	if (status) {
		free(c);
		return status - 1;
	}
	if (config_read(c, o.config)) {
		free(c);
		return EXIT_USAGE;
	}
	why = fetch(c);
	if (why) {
		fprintf(stderr, "%s: turn: %s %s.\n", o.config,
			c->has_turn ? c->turn.secret_file : "has", why);
		status = EXIT_USAGE;
	} else {
		print(c, o.config);
		status = fflush(stdout) ? 1 : 0;
	}
	explicit_bzero(&c->turn, sizeof c->turn);
	config_close(c);
	free(c);
	return status;
}
