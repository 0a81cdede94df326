/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* caller-farm -- callers on SIP with voices, for tests and benchmarks; what it obeys and tells stands in HELP. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/farm_caller.h"
#include "tools/stamp.h"

#define CALLERS_MAX \
	4096 /* as many as the centre takes; ended ones count until they are forgotten */

static const char HELP[] =
	"caller-farm\n"
	"  Callers on SIP over UDP (G.711 A-law, if not told otherwise) in one process, "
	"each "
	"with a tone of its own.\n"
	"  One JSON object a line, on standard input what to do, on standard output what "
	"happens.  It ends when\n"
	"  its input does.  Without \"caller\", all of them do it.  Times are "
	"milliseconds, at_ms is CLOCK_MONOTONIC.\n"
	"\n"
	"  "
	"{\"do\":\"call\",\"caller\":\"c1\",\"addr\":\"127.0.0.1\",\"port\":5060,"
	"\"number\":\"100\",\"hz\":1000}\n"
	"      A new caller. hz: a multiple of 25; 0: silence.  \"codec\":\"G722\" or "
	"\"PCMU\" "
	"is its only one.\n"
	"      \"from\":\"anrufer\" is "
	"the number that it shows,\n"
	"      \"talk\":5000 hangs up so long after the first tone was heard; -1, the "
	"usual: does not\n"
	"  {\"do\":\"hangup\",\"caller\":\"c1\"}                BYE, or CANCEL; speaks "
	"on until BYE is answered\n"
	"  {\"do\":\"options\",\"caller\":\"c1\"}               in the dialog\n"
	"  {\"do\":\"reinvite\",\"caller\":\"c1\",\"dir\":\"sendonly\"}   dir: sendrecv "
	"(the usual), sendonly, recvonly, inactive\n"
	"  {\"do\":\"quiet\",\"caller\":\"c1\",\"on\":true}       sends no voice\n"
	"  {\"do\":\"report\",\"forget\":true}             forget: the next figures "
	"begin here, and the ended go\n"
	"  {\"do\":\"quit\"}\n"
	"\n"
	"  "
	"{\"event\":\"state\",\"at_ms\":1.5,\"caller\":\"c1\",\"is\":\"trying|ringing|"
	"answered|ended\",\"by\":\"centre|caller\",\n"
	"      \"status\":200}            status: of the answer that led there; with "
	"ended, 0: the centre's BYE\n"
	"  {\"event\":\"media\",...,\"addr\":\"127.0.0.1\",\"port\":40000}    where its "
	"voice goes; again when that moves\n"
	"  {\"event\":\"hears\",...,\"what\":\"nothing|silence|sound|tone\",\"hz\":400}  "
	" music and speech are sound\n"
	"  {\"event\":\"answer\",...,\"method\":\"OPTIONS\",\"status\":200}     to a "
	"request in the dialog; 408: none came\n"
	"  {\"event\":\"heard\",...,\"wait\":FIGURES,\"talk\":FIGURES}       with its "
	"end\n"
	"  "
	"{\"event\":\"report\",\"late_ms\":3.2,\"callers\":[{\"caller\",\"is\",\"wait\":"
	"FIGURES,\"talk\":FIGURES}]}\n"
	"      wait: before the first tone; talk: from it on, once there was one; "
	"late_ms: by how much this\n"
	"      program was late itself, at worst\n"
	"  {\"event\":\"wrong\",\"why\":\"...\",\"line\":\"...\"}      a line that it "
	"does not understand\n"
	"  FIGURES: {\"what\",\"hz\",\"packets\",\"lost\",\"gap_ms\",\"tone_gap_ms\"}: "
	"now; the longest time between two voice packets,\n"
	"      and between two that hold a tone, by the kernel's time of arrival, with "
	"the gap that is open now.\n";

struct caller_farm {
	struct farm farm;
	struct farm_source source;
	int fd;
	char local[32];
	struct farm_caller *callers[CALLERS_MAX];
	size_t n;
	bool forgets; /* the ended ones, as soon as that may be */
};

static struct farm_caller *find(struct caller_farm *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->callers[i]->name, name) == 0)
			return f->callers[i];
	return NULL;
}

static const char *call(struct caller_farm *f, const char *name, const json_t *line)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)farm_number(line, "port", 5060)) };
	struct caller_call call = { .name = name,
		.from = farm_text(line, "from", "anrufer"),
		.number = farm_text(line, "number", "100"),
		.hz = farm_number(line, "hz", 0),
		.talk_ms = (int64_t)farm_number(line, "talk", CALLER_NEVER) };
	struct farm_caller *c;

	if (!caller_codec_named(farm_text(line, "codec", "PCMA"), &call.codec))
		return "no such codec";
	if (inet_pton(AF_INET, farm_text(line, "addr", "127.0.0.1"), &to.sin_addr) != 1)
		return "no address";
	if (!*name || find(f, name))
		return "a caller needs a name of its own";
	if (f->n == CALLERS_MAX ||
		farm_caller_new(&c, &f->farm, f->fd, f->local, &to, &call))
		return "no room for this caller";
	f->callers[f->n++] = c;
	return NULL;
}

static const char *hangup(struct farm_caller *c, const json_t *line)
{
	(void)farm_caller_hangup(c); /* of all, some have ended */
	return NULL;
}

static const char *options(struct farm_caller *c, const json_t *line)
{
	return farm_caller_options(c) ? "not in a dialog, or a request is under way"
				      : NULL;
}

static const char *reinvite(struct farm_caller *c, const json_t *line)
{
	static const char *const dirs[] = { [SDESC_SENDRECV] = "sendrecv",
		[SDESC_SENDONLY] = "sendonly",
		[SDESC_RECVONLY] = "recvonly",
		[SDESC_INACTIVE] = "inactive" };
	const char *dir = farm_text(line, "dir", "sendrecv");

	for (unsigned int i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (strcmp(dirs[i], dir) == 0)
			return farm_caller_reinvite(c, (enum sdesc_dir)i)
				? "not in a dialog, or a request is under way"
				: NULL;
	return "no such dir";
}

static const char *quiet(struct farm_caller *c, const json_t *line)
{
	c->is_quiet = json_is_true(json_object_get(line, "on"));
	return NULL;
}

static void forget_ended(void *arg)
{
	struct caller_farm *f = arg;
	size_t kept = 0;

	if (!f->forgets)
		return;
	f->forgets = false;
	for (size_t i = 0; i < f->n; i++)
		if (f->callers[i]->state == CALLER_ENDED)
			farm_caller_free(f->callers[i]);
		else
			f->callers[kept++] = f->callers[i];
	f->n = kept;
}

static const char *report(struct caller_farm *f, const json_t *line)
{
	bool forget = json_is_true(json_object_get(line, "forget"));
	int64_t now = stamp_now_us();
	json_t *all = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(
			all, farm_caller_report(f->callers[i], now, forget));
	farm_say("report",
		json_pack("{s:f, s:o}", "late_ms", farm_late_ms(&f->farm, forget),
			"callers", all));
	f->forgets |= forget;
	return NULL;
}

static const struct {
	const char *what;
	const char *(*run)(struct farm_caller *c, const json_t *line);
} commands[] = {
	{ "hangup", hangup },
	{ "options", options },
	{ "reinvite", reinvite },
	{ "quiet", quiet },
};

static const char *for_each(struct caller_farm *f, const char *name,
	const char *(*run)(struct farm_caller *c, const json_t *line), const json_t *line)
{
	const char *wrong = *name && !find(f, name) ? "no such caller" : NULL;

	for (size_t i = 0; i < f->n && !wrong; i++)
		if (!*name || strcmp(f->callers[i]->name, name) == 0)
			wrong = run(f->callers[i], line);
	return wrong;
}

static const char *command(void *arg, const char *what, const json_t *line)
{
	struct caller_farm *f = arg;
	const char *name = farm_text(line, "caller", "");

	if (strcmp(what, "report") == 0)
		return report(f, line);
	if (strcmp(what, "call") == 0)
		return call(f, name, line);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].what, what) == 0)
			return for_each(f, name, commands[i].run, line);
	return "no such command";
}

static void turn(void *arg, unsigned int slot, int64_t now_us)
{
	struct caller_farm *f = arg;

	for (size_t i = slot; i < f->n; i += FARM_SLOTS)
		farm_caller_turn(f->callers[i], now_us);
}

static void take(struct caller_farm *f, const struct uac_msg *m)
{
	struct slice id = uac_header(m, "Call-ID", 0);

	for (size_t i = 0; i < f->n; i++)
		if (slice_is(id, f->callers[i]->call_id)) {
			farm_caller_message(f->callers[i], m);
			return;
		}
}

static void sip_ready(void *arg, uint32_t events)
{
	struct caller_farm *f = arg;
	char bytes[UAC_MAX];
	struct uac_msg m;
	ssize_t n;

	while ((n = recv(f->fd, bytes, sizeof bytes, MSG_DONTWAIT)) >= 0)
		if (uac_read(&m, bytes, (size_t)n))
			take(f, &m);
}

static int open_sip(struct caller_farm *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;

	f->source = (struct farm_source){ sip_ready, f };
	f->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0 || bind(f->fd, (struct sockaddr *)&a, sizeof a) ||
		getsockname(f->fd, (struct sockaddr *)&a, &len))
		return errno;
	int err = text_format(
		f->local, sizeof f->local, "127.0.0.1:%u", ntohs(a.sin_port));

	return err ? err : farm_watch(&f->farm, f->fd, &f->source, EPOLLIN);
}

int main(int argc, char **argv)
{
	static struct caller_farm f;

	if (argc > 1) {
		bool help = strcmp(argv[1], "--help") == 0;

		(void)fputs(HELP, help ? stdout : stderr);
		return help ? 0 : 2;
	}
	if (farm_open(
		    &f.farm, &(struct farm_handler){ command, turn, forget_ended, &f }) ||
		open_sip(&f)) {
		perror("caller-farm");
		return 1;
	}
	farm_run(&f.farm);
	for (size_t i = 0; i < f.n; i++)
		farm_caller_free(f.callers[i]);
	close(f.fd);
	farm_close(&f.farm);
	return 0;
}
