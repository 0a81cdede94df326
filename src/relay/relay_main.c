/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay_main -- the command line of heimamt-relay. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/slice.h"
#include "relay/proto.h"
#include "relay/relay.h"
#include "relay/sandbox.h"

#define LINGER_MAX \
	(7 * 24 * 3600) /* a week; longer is "for ever", which is the default */

static const char usage[] =
	"heimamt-relay " HEIMAMT_VERSION " -- the voice process of Heimamt\n"
	"\n"
	"  heimamt-relay --socket PATH --media-address ADDR [options]\n"
	"\n"
	"  --socket PATH          Unix socket on which control commands\n"
	"  --media-address ADDR   IPv4 or IPv6 address for voice, as it stands in SDP\n"
	"  --port N               UDP port of all browser lines (default 0: any)\n"
	"  --tcp-port N           TCP port of all browser lines (default: the same "
	"number)\n"
	"  --no-tcp               browser lines by UDP alone\n"
	"  --rtp-ports LOW-HIGH   UDP ports of plain RTP legs (default 20000-29999)\n"
	"  --linger SECONDS       end when no control came back for so long (default: "
	"never)\n"
	"  --no-sandbox           for a kernel without seccomp filters: start all the "
	"same\n"
	"  --version              its version, and that of what it speaks with control\n"
	"  --help                 this text\n";

enum option_id {
	OPT_SOCKET = 1,
	OPT_ADDRESS,
	OPT_PORT,
	OPT_TCP_PORT,
	OPT_NO_TCP,
	OPT_RTP,
	OPT_LINGER,
	OPT_BARE,
	OPT_VERSION,
	OPT_HELP
};

static const struct option options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "media-address", required_argument, NULL, OPT_ADDRESS },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "tcp-port", required_argument, NULL, OPT_TCP_PORT },
	{ "no-tcp", no_argument, NULL, OPT_NO_TCP },
	{ "rtp-ports", required_argument, NULL, OPT_RTP },
	{ "linger", required_argument, NULL, OPT_LINGER },
	{ "no-sandbox", no_argument, NULL, OPT_BARE },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool take_range(struct relay_options *o, const char *text)
{
	struct slice high = slice_str(text), low = slice_cut(&high, '-');
	uint64_t a, b;

	if (!slice_u64(low, 65535, &a) || !slice_u64(high, 65535, &b) || !a || b <= a)
		return false;
	o->rtp_low = (uint16_t)a;
	o->rtp_high = (uint16_t)b;
	return true;
}

static bool take_option(struct relay_options *o, int id, const char *text)
{
	uint64_t v = 0;

	switch ((enum option_id)id) {
	case OPT_SOCKET: o->socket = text; return true;
	case OPT_ADDRESS: o->media_address = text; return true;
	case OPT_PORT:
		if (!slice_u64(slice_str(text), 65535, &v))
			return false;
		o->port = (uint16_t)v;
		return true;
	case OPT_TCP_PORT:
		if (!slice_u64(slice_str(text), 65535, &v))
			return false;
		o->tcp_port = (uint16_t)v;
		return true;
	case OPT_NO_TCP: o->no_tcp = true; return true;
	case OPT_RTP: return take_range(o, text);
	case OPT_LINGER:
		if (!slice_u64(slice_str(text), LINGER_MAX, &v))
			return false;
		o->linger_s = (int32_t)v;
		return true;
	case OPT_BARE: o->no_sandbox = true; return true;
	case OPT_VERSION: /* dist/debian/preinst reads the last word */
		printf("heimamt-relay " HEIMAMT_VERSION " protocol %d\n", RP_VERSION);
		exit(EXIT_SUCCESS);
	case OPT_HELP: fputs(usage, stdout); exit(EXIT_SUCCESS);
	}
	return false; /* getopt has said why */
}

/* 0: run; else the exit status. */
static int take_options(struct relay_options *o, int argc, char **argv)
{
	int id, index = 0;

	while ((id = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (take_option(o, id, optarg))
			continue;
		if (id != '?')
			fprintf(stderr, "heimamt-relay: --%s: not understood: %s\n",
				options[index].name, optarg);
		return 2;
	}
	if (optind < argc || !o->socket || !o->media_address) {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}

/* After everything that opens a file. Voice is not carried by a process that could not be shut in. */
static int shut_in(const struct relay_options *o)
{
	int err = sandbox_drop();

	if (err) {
		log_error("the capabilities cannot be dropped");
		return err;
	}
	if (o->no_sandbox) {
		log_warn("without a seccomp filter, as --no-sandbox wants it");
		return 0;
	}
	err = sandbox_filter(sandbox_is_sanitized());
	if (err)
		log_error("the kernel takes no seccomp filter; on such a machine "
			  "--no-sandbox starts without it");
	return err;
}

int main(int argc, char **argv)
{
	struct relay_options o = { .rtp_low = 20000, .rtp_high = 29999, .linger_s = -1 };
	struct relay *r = NULL;
	int err = take_options(&o, argc, argv);

	if (err)
		return err;
	log_init("relay", LOG_LEVEL_INFO);
	(void)((err = process_prepare()) || (err = relay_new(&r, &o)) ||
		(err = shut_in(&o)));
	if (err) {
		log_error("cannot start: %s", strerror(err));
		relay_free(r);
		return EXIT_FAILURE;
	}
	if (r->gate.port)
		log_info("ready; lines on port %u, by TCP on %u",
			udp_addr_port(&r->line_at), r->gate.port);
	else
		log_info("ready; lines on port %u", udp_addr_port(&r->line_at));
	relay_run(r);
	log_info("ending with %zu legs", r->n_legs);
	relay_free(r);
	return EXIT_SUCCESS;
}
