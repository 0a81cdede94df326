/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan_options -- the command line of heimamt plan: a table of numbers, and what goes with what. */
#include <ctype.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/commands.h"
#include "main/plan.h"

#define NUMBER_MAX 40 /* characters of a number that is one */

static const char usage[] =
	"heimamt plan --calls N --interval S --aht S [--patience S]\n"
	"             [--answer-within S --service-level P | --agents N]\n"
	"             [--max-occupancy P] [--shrinkage P]\n"
	"             [--office-only P [--home P]] [--json]\n"
	"heimamt plan --day FILE.csv --interval S ...\n"
	"  Says how many agents are needed, or what so many agents achieve: Erlang A "
	"when\n"
	"  callers hang up (--patience), Erlang C when they wait for ever.\n\n"
	"What comes\n"
	"  --calls N          calls that arrive in the interval\n"
	"  --interval S       its length in seconds: 1800 is half an hour\n"
	"  --aht S            mean handling time in seconds, talk and wrap-up\n"
	"  --patience S       mean time until a waiting caller hangs up\n"
	"  --day FILE.csv     many intervals, a line each, below the line "
	"start,calls,aht\n\n"
	"What is wanted\n"
	"  --answer-within S  seconds in which a call should be answered (default 20)\n"
	"  --service-level P  share of all calls that are answered in time (default "
	"80%)\n"
	"  --max-occupancy P  at most this share of their time are agents on calls\n"
	"                     (default 100%)\n"
	"  --agents N         the figures for so many agents, not the least number\n\n"
	"Who is there\n"
	"  --shrinkage P      share of the scheduled time that is not for calls: "
	"holidays,\n"
	"                     illness, training, pauses (default 0%)\n"
	"  --office-only P    share of the calls that only the office may take; says "
	"how\n"
	"                     many agents must sit there for these calls alone\n"
	"  --home P           share of the agents who work at home: is that possible?\n\n"
	"  --json             for machines; shares are numbers from 0 to 1\n"
	"  --help             this text\n"
	"A share P is 0.8 or 80%.  docs/plan.md has formulas and sources.\n\n"
	"Examples:\n"
	"  heimamt plan --calls 240 --interval 1800 --aht 180\n"
	"  heimamt plan --calls 48 --interval 60 --aht 60 --patience 120 --agents 50\n"
	"  heimamt plan --calls 240 --interval 1800 --aht 180 --patience 90 \\\n"
	"               --shrinkage 30% --office-only 25% --home 60%\n"
	"  heimamt plan --day monday.csv --interval 1800 --patience 90 --json\n";

enum unit { COUNT, WHOLE, SECONDS, SHARE };

static const struct {
	const char *option, *wants;
	enum unit unit;
	double low, high, otherwise;
} numbers[PLAN_NUMBERS] = {
	[PLAN_CALLS] = { "calls", "a number of calls from 0 to 1000000000", COUNT, 0, 1e9,
		0 },
	[PLAN_INTERVAL] = { "interval", "a number of seconds from 1 to 100000000",
		SECONDS, 1, 1e8, 0 },
	[PLAN_AHT] = { "aht", "a number of seconds from 0.001 to 1000000", SECONDS, 1e-3,
		1e6, 0 },
	[PLAN_PATIENCE] = { "patience", "a number of seconds from 0.001 to 1000000000",
		SECONDS, 1e-3, 1e9, 0 },
	[PLAN_WITHIN] = { "answer-within", "a number of seconds from 0 to 1000000",
		SECONDS, 0, 1e6, 20 },
	[PLAN_LEVEL] = { "service-level", "a share from 0 to 0.9999, such as 0.8 or 80%",
		SHARE, 0, 0.9999, 0.8 },
	[PLAN_AGENTS] = { "agents", "a whole number from 1 to 100000", WHOLE, 1,
		ERLANG_AGENTS_MAX, 0 },
	[PLAN_OCCUPANCY] = { "max-occupancy",
		"a share from 0.01 to 1, such as 0.85 or 85%", SHARE, 0.01, 1, 1 },
	[PLAN_SHRINKAGE] = { "shrinkage", "a share from 0 to 0.99, such as 0.3 or 30%",
		SHARE, 0, 0.99, 0 },
	[PLAN_HOME] = { "home", "a share from 0 to 1, such as 0.6 or 60%", SHARE, 0, 1,
		0 },
	[PLAN_OFFICE_ONLY] = { "office-only", "a share from 0 to 1, such as 0.25 or 25%",
		SHARE, 0, 1, 0 },
};

enum { OPT_NUMBER = 256, OPT_DAY = OPT_NUMBER + PLAN_NUMBERS, OPT_JSON };

#define OPTS (PLAN_NUMBERS + 4) /* with day, json, help and the end */

const char *plan_number_wants(enum plan_number kind)
{
	return numbers[kind].wants;
}

/* Digits, a point, an exponent: neither "nan" nor "0x10", which strtod() takes too. */
static bool is_decimal(const char *s)
{
	return *s && s[strspn(s, "0123456789.eE+-")] == 0 &&
		(isdigit(*s) || *s == '.' || *s == '-');
}

bool plan_number_read(double *out, enum plan_number kind, struct slice text)
{
	char s[NUMBER_MAX + 1], *end;
	double v, unit = 1;

	text = slice_trim(text);
	if (numbers[kind].unit == SHARE && text.n && text.p[text.n - 1] == '%') {
		text = slice_trim(slice_of(text.p, text.n - 1));
		unit = 100;
	}
	if (slice_copy(text, s, sizeof s) || !is_decimal(s))
		return false;
	v = strtod(s, &end) / unit;
	if (*end || !isfinite(v) || v < numbers[kind].low || v > numbers[kind].high)
		return false;
	if (numbers[kind].unit == WHOLE && v != floor(v))
		return false;
	*out = v;
	return true;
}

static void list_options(struct option out[OPTS])
{
	size_t n = 0;

	for (int i = 0; i < PLAN_NUMBERS; i++)
		out[n++] = (struct option){ numbers[i].option, required_argument, NULL,
			OPT_NUMBER + i };
	out[n++] = (struct option){ "day", required_argument, NULL, OPT_DAY };
	out[n++] = (struct option){ "json", no_argument, NULL, OPT_JSON };
	out[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	out[n] = (struct option){ 0 };
}

static int set_number(struct plan_options *o, enum plan_number kind, const char *text)
{
	const char *option = numbers[kind].option;

	if (o->is_given[kind]) {
		fprintf(stderr, "heimamt: --%s is there twice: leave one out.\n", option);
		return EXIT_USAGE + 1;
	}
	if (!plan_number_read(&o->number[kind], kind, slice_str(text))) {
		fprintf(stderr, "heimamt: --%s must be %s, not \"%s\".\n", option,
			numbers[kind].wants, text);
		return EXIT_USAGE + 1;
	}
	o->is_given[kind] = true;
	return 0;
}

static int complain_word(const char *word, const char *what)
{
	char letter[3] = { '-', (char)optopt, 0 };

	/* of a letter among others getopt says which, and not yet where */
	if (optopt > 0 && optopt < OPT_NUMBER)
		word = letter;
	fprintf(stderr, "heimamt: %s %s; see heimamt plan --help.\n", word, what);
	return EXIT_USAGE + 1;
}

static int set(struct plan_options *o, int opt, const char *word)
{
	if (opt >= OPT_NUMBER && opt < OPT_NUMBER + PLAN_NUMBERS)
		return set_number(o, (enum plan_number)(opt - OPT_NUMBER), optarg);
	switch (opt) {
	case OPT_DAY: o->day = optarg; return 0;
	case OPT_JSON: o->json = true; return 0;
	case 'h': fputs(usage, stdout); return 1;
	case ':': return complain_word(word, "needs a value");
	default: return complain_word(word, "is no option of plan");
	}
}

static int complain(const char *what)
{
	fprintf(stderr, "heimamt: %s\n", what);
	return EXIT_USAGE + 1;
}

static int check_needed(const struct plan_options *o)
{
	static const enum plan_number needed[] = { PLAN_INTERVAL, PLAN_CALLS, PLAN_AHT };

	/* with a file only the first */
	for (size_t i = 0; i < (o->day ? 1 : sizeof needed / sizeof *needed); i++) {
		const char *option = numbers[needed[i]].option;

		if (o->is_given[needed[i]])
			continue;
		fprintf(stderr,
			"heimamt: plan needs --%s, %s; see heimamt plan --help.\n",
			option, numbers[needed[i]].wants);
		return EXIT_USAGE + 1;
	}
	return 0;
}

static int check_together(const struct plan_options *o)
{
	if (o->day && (o->is_given[PLAN_CALLS] || o->is_given[PLAN_AHT]))
		return complain(
			"the file of --day has the calls and their handling time: "
			"leave --calls and --aht out.");
	if (o->is_given[PLAN_HOME] && !o->is_given[PLAN_OFFICE_ONLY])
		return complain("--home needs --office-only, the share of the calls that "
				"only the office may take.");
	return check_needed(o);
}

int plan_options_read(struct plan_options *o, int argc, char **argv)
{
	struct option known[OPTS];
	int opt, status = 0;

	*o = (struct plan_options){ 0 };
	for (int i = 0; i < PLAN_NUMBERS; i++)
		o->number[i] = numbers[i].otherwise;
	list_options(known);
	optind = 0; /* glibc: anew, also where a word was left half read */
	opterr = 0;
	while (!status && (opt = getopt_long(argc, argv, ":h", known, NULL)) != -1)
		status = set(o, opt, argv[optind - 1]);
	if (status)
		return status;
	if (optind < argc) {
		fprintf(stderr, "heimamt: \"%s\" is one word too many.\n", argv[optind]);
		return EXIT_USAGE + 1;
	}
	return check_together(o);
}
