/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* line-farm -- agents without browsers, for tests and benchmarks; what it obeys and tells stands in HELP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/farm_agent.h"
#include "tools/stamp.h"

#define AGENTS_MAX 1000 /* a house's most */

static const char HELP[] =
	"line-farm\n"
	"  Agents of a centre: desks and lines (ICE, DTLS-SRTP) in one process, each "
	"with a tone of its own.\n"
	"  One JSON object a line, on standard input what to do, on standard output what "
	"happens.  It ends when\n"
	"  its input does.  Without \"agent\", all of them do it.  Times are "
	"milliseconds, at_ms is CLOCK_MONOTONIC.\n"
	"\n"
	"  "
	"{\"do\":\"login\",\"agent\":\"anna\",\"link\":\"http://127.0.0.1:8080/login/"
	"...\",\"hz\":400}\n"
	"      or .../session/...: the value of a session's cookie.\n"
	"      A new agent: logs in, makes its line, starts its shift, is ready.  hz: a "
	"multiple of 25, sent while it\n"
	"      talks, else silence.  Habits, with what they are when absent:\n"
	"        \"ready\":true      wants calls\n"
	"        \"accept\":0        accepts an offer after so long; -1: does not\n"
	"        \"talk\":-1         hangs up after so long; -1: does not\n"
	"        \"wrapup\":0        has done its paperwork after so long; -1: the "
	"centre ends it\n"
	"  {\"do\":\"habits\",\"agent\":\"anna\",\"accept\":500}      changes those that "
	"are named\n"
	"  {\"do\":\"say\",\"agent\":\"anna\",\"t\":\"decline\"}        any message of "
	"docs/desk-protocol.md without members, or\n"
	"                                                with the call it has: accept "
	"hangup pause ready ...\n"
	"  {\"do\":\"line\",\"agent\":\"anna\",\"is\":\"off\"}          off: its network "
	"is away; on; moved: from another port;\n"
	"                                                new: makes another one\n"
	"  {\"do\":\"desk\",\"agent\":\"anna\",\"is\":\"off\"}          off: its network "
	"is away; on; closed: connects anew\n"
	"  {\"do\":\"report\",\"forget\":true}                 forget: the next figures "
	"begin here\n"
	"  {\"do\":\"quit\"}\n"
	"\n"
	"  "
	"{\"event\":\"state\",\"at_ms\":1.5,\"agent\":\"anna\",\"is\":\"talking\","
	"\"why\":\"\",\"line\":\"up\",\"call\":\"0ek...\"}\n"
	"  {\"event\":\"desk\",...,\"is\":\"open|lost|over\",\"code\":1001}    lost: it "
	"comes back by itself\n"
	"  "
	"{\"event\":\"line\",...,\"is\":\"offered|answered|up|gone|failed|refused|"
	"dropped\"}\n"
	"  "
	"{\"event\":\"hears\",...,\"what\":\"nothing|silence|sound|tone\",\"hz\":1000}\n"
	"  {\"event\":\"talk\",...,\"call\":\"0ek...\",\"ms\":5000,\"heard\":FIGURES}   "
	"it has ended; an interruption is part of it\n"
	"  {\"event\":\"error\",...,\"code\":\"not_now\",\"ref\":\"\"}              the "
	"centre's\n"
	"  "
	"{\"event\":\"report\",\"late_ms\":3.2,\"agents\":[{\"agent\",\"is\",\"line\","
	"\"call\",\"desk\",\"lines\",\"talks\",\n"
	"      \"talk\":FIGURES,\"total\":FIGURES}]}   late_ms: by how much this program "
	"was late itself, at worst\n"
	"  {\"event\":\"wrong\",\"why\":\"...\",\"line\":\"...\"}       a line that it "
	"does not understand\n"
	"  FIGURES: {\"what\",\"hz\",\"packets\",\"lost\",\"gap_ms\",\"tone_gap_ms\"}: "
	"now; the longest time between two voice packets,\n"
	"      and between two that hold a tone, by the kernel's time of arrival, with "
	"the gap that is open now.\n";

struct line_farm {
	struct farm farm;
	struct farm_agent *agents[AGENTS_MAX];
	size_t n;
};

static struct farm_agent *find(struct line_farm *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->agents[i]->name, name) == 0)
			return l->agents[i];
	return NULL;
}

static struct farm_habits habits_of(const json_t *line, struct farm_habits h)
{
	const json_t *ready = json_object_get(line, "ready");

	h.hz = farm_number(line, "hz", h.hz);
	h.ready = ready ? json_is_true(ready) : h.ready;
	h.accept_ms = (int64_t)farm_number(line, "accept", (double)h.accept_ms);
	h.talk_ms = (int64_t)farm_number(line, "talk", (double)h.talk_ms);
	h.wrapup_ms = (int64_t)farm_number(line, "wrapup", (double)h.wrapup_ms);
	return h;
}

static const char *login(struct line_farm *l, const char *name, const json_t *line)
{
	static const struct farm_habits usual = { .ready = true, .talk_ms = AGENT_NEVER };
	struct farm_habits h = habits_of(line, usual);
	struct farm_agent *a = find(l, name);

	if (!a && (l->n == AGENTS_MAX || farm_agent_new(&a, &l->farm, name)))
		return "no room for this agent";
	if (!find(l, name))
		l->agents[l->n++] = a;
	farm_agent_habits(a, &h);
	return farm_agent_login(a, farm_text(line, "link", "")) ? "not a login link"
								: NULL;
}

static const char *change_habits(struct farm_agent *a, const json_t *line)
{
	struct farm_habits h = habits_of(line, a->habits);

	farm_agent_habits(a, &h);
	return NULL;
}

static const char *say(struct farm_agent *a, const json_t *line)
{
	return farm_agent_say(a, farm_text(line, "t", "")) ? "its desk is not open"
							   : NULL;
}

static const char *line_is(struct farm_agent *a, const json_t *line)
{
	return farm_agent_line(a, farm_text(line, "is", "")) ? "its line cannot be that"
							     : NULL;
}

static const char *desk_is(struct farm_agent *a, const json_t *line)
{
	return farm_agent_desk(a, farm_text(line, "is", "")) ? "its desk cannot be that"
							     : NULL;
}

static const char *report(struct line_farm *l, const json_t *line)
{
	bool forget = json_is_true(json_object_get(line, "forget"));
	int64_t now = stamp_now_us();
	json_t *all = json_array();

	for (size_t i = 0; i < l->n; i++)
		(void)json_array_append_new(
			all, farm_agent_report(l->agents[i], now, forget));
	farm_say("report",
		json_pack("{s:f, s:o}", "late_ms", farm_late_ms(&l->farm, forget),
			"agents", all));
	return NULL;
}

static const struct {
	const char *what;
	const char *(*run)(struct farm_agent *a, const json_t *line);
} commands[] = {
	{ "habits", change_habits },
	{ "say", say },
	{ "line", line_is },
	{ "desk", desk_is },
};

static const char *for_each(struct line_farm *l, const char *name,
	const char *(*run)(struct farm_agent *a, const json_t *line), const json_t *line)
{
	const char *wrong = *name && !find(l, name) ? "no such agent" : NULL;

	for (size_t i = 0; i < l->n && !wrong; i++)
		if (!*name || strcmp(l->agents[i]->name, name) == 0)
			wrong = run(l->agents[i], line);
	return wrong;
}

static const char *command(void *arg, const char *what, const json_t *line)
{
	struct line_farm *l = arg;
	const char *name = farm_text(line, "agent", "");

	if (strcmp(what, "report") == 0)
		return report(l, line);
	if (strcmp(what, "login") == 0)
		return *name ? login(l, name, line) : "login names no agent";
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].what, what) == 0)
			return for_each(l, name, commands[i].run, line);
	return "no such command";
}

static void turn(void *arg, unsigned int slot, int64_t now_us)
{
	struct line_farm *l = arg;

	for (size_t i = slot; i < l->n; i += FARM_SLOTS)
		farm_agent_turn(l->agents[i], now_us);
}

int main(int argc, char **argv)
{
	static struct line_farm l;

	if (argc > 1) {
		bool help = strcmp(argv[1], "--help") == 0;

		(void)fputs(HELP, help ? stdout : stderr);
		return help ? 0 : 2;
	}
	if (farm_open(&l.farm, &(struct farm_handler){ command, turn, NULL, &l })) {
		perror("line-farm");
		return 1;
	}
	farm_run(&l.farm);
	for (size_t i = 0; i < l.n; i++)
		farm_agent_free(l.agents[i]);
	farm_close(&l.farm);
	return 0;
}
