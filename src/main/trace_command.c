/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trace_command -- heimamt trace: asks the running centre, and prints what it tells.  See trace.c for the other side. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/text.h"
#include "core/trace/ask.h"
#include "core/trace/out.h"
#include "main/commands.h"
#include "main/options.h"

static const char usage[] =
	"heimamt trace [--call ID | --next N] [--queue Q] [--minutes M] [--state DIR] "
	"[--json]\n"
	"  Shows what happens to a call while it happens: SIP messages, what the centre "
	"decides, what the\n"
	"  relays tell of the voice, and at its end what the lines were worth.  Numbers "
	"are masked; there are\n"
	"  no names, no keys, and nothing of what is said.  Times are UTC.  That it was "
	"asked for is in the log.\n\n"
	"  --call ID    a call that goes on; ID is as in the log\n"
	"  --next N     the next N calls that begin, at most 32; default 1\n"
	"  --queue Q    only those of this queue: its number or its name\n"
	"  --minutes M  for so long at most; default 10, at most 60\n"
	"  --state DIR  of the centre that runs; default /var/lib/heimamt\n"
	"  --json       a line of JSON for each event\n\n"
	"  Ends with the last of its calls, when its time is over, or by Ctrl-C.  Only "
	"the centre's user and root\n"
	"  may ask, four at a time.  Exit status 1: the centre does not run, or refuses; "
	"2: wrong words.\n\n"
	"Examples:\n"
	"  sudo heimamt trace --next 1\n"
	"  sudo heimamt trace --call 0a4q8v2e0g400 --json\n";

enum { OPT_CALL = 256, OPT_NEXT, OPT_QUEUE, OPT_MINUTES, OPT_STATE, OPT_JSON, OPT_HELP };

static const struct option long_options[] = {
	{ "call", required_argument, NULL, OPT_CALL },
	{ "next", required_argument, NULL, OPT_NEXT },
	{ "queue", required_argument, NULL, OPT_QUEUE },
	{ "minutes", required_argument, NULL, OPT_MINUTES },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static bool read_count(const char *text, unsigned most, unsigned *out)
{
	uint64_t n;

	if (!slice_u64(slice_str(text), most, &n) || !n)
		return false;
	*out = (unsigned)n;
	return true;
}

static bool take(struct trace_ask *a, const char **state, int option)
{
	switch (option) {
	case OPT_CALL: return !ids_parse(optarg, &a->call);
	case OPT_NEXT: return read_count(optarg, TRACE_CALLS_MAX, &a->next);
	case OPT_QUEUE: return !text_copy(a->queue, sizeof a->queue, optarg);
	case OPT_MINUTES: return read_count(optarg, TRACE_MINUTES_MAX, &a->minutes);
	case OPT_STATE: *state = optarg; return true;
	case OPT_JSON: return a->json = true;
	default: return false;
	}
}

/* 0, or an exit status + 1. */
static int read_options(struct trace_ask *a, const char **state, int argc, char **argv)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == OPT_HELP) {
			fputs(usage, stdout);
			return 1;
		}
		if (take(a, state, option))
			continue;
		if (option != '?')
			fprintf(stderr, "heimamt trace: \"%s\" cannot be asked for.\n",
				optarg);
		return EXIT_USAGE + 1;
	}
	if (!a->call && !a->next)
		a->next = 1;
	if (optind == argc)
		return 0;
	fprintf(stderr, "heimamt trace: \"%s\" is one word too many.\n", argv[optind]);
	return EXIT_USAGE + 1;
}

/* NULL: errno says why. */
static FILE *connect_to(const char *state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char path[OPTIONS_PATH_MAX];
	FILE *file = NULL;
	int fd = -1, err = options_path(path, state, TRACE_SOCKET);

	if (!err)
		err = text_copy(un.sun_path, sizeof un.sun_path, path);
	if (!err)
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!err && (fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof un)))
		err = errno;
	if (!err)
		file = fdopen(fd, "r");
	if (!err && !file)
		err = errno;
	if (err && fd >= 0)
		close(fd);
	errno = err;
	return file;
}

static void tell_failed(const char *state, int err)
{
	const char *why = err == ENOENT || err == ECONNREFUSED ? "no centre runs there"
		: err == EACCES || err == EPERM
		? "only the centre's user and root may ask"
		: strerror(err);

	fprintf(stderr, "heimamt trace: %s: %s.\n", state, why);
}

/* What the centre tells, until its last word. An exit status. */
static int print_all(FILE *from)
{
	char line[2 * TRACE_OUT_LAST + 4096];

	while (fgets(line, sizeof line, from)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] == TRACE_LINE) {
			puts(line + 1);
			fflush(stdout);
			continue;
		}
		if (line[1])
			fprintf(stderr, "heimamt trace: %s.\n", line + 1);
		return line[0] == TRACE_DONE ? 0 : 1;
	}
	fputs("heimamt trace: the centre said no more.\n", stderr);
	return 1;
}

static int ask_centre(const char *state, const char *question)
{
	FILE *centre = connect_to(state);
	int status;

	if (!centre) {
		tell_failed(state, errno);
		return 1;
	}
	/* one that refuses has perhaps gone already, and has said why */
	if (send(fileno(centre), question, strlen(question), MSG_NOSIGNAL) < 0 &&
		errno != EPIPE)
		tell_failed(state, errno);
	status = print_all(centre);
	fclose(centre);
	return status;
}

int command_trace(int argc, char **argv)
{
	struct trace_ask ask = { .minutes = TRACE_MINUTES };
	const char *state = "/var/lib/heimamt";
	char question[TRACE_ASK_MAX];
	int status = read_options(&ask, &state, argc, argv);

	if (status)
		return status - 1;
	if (trace_ask_write(&ask, question, sizeof question)) {
		fputs("heimamt trace: a call that goes on is asked for by --call alone, "
		      "others by --next and --queue.\n",
			stderr);
		return EXIT_USAGE;
	}
	return ask_centre(state, question);
}
