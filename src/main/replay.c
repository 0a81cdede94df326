/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* replay -- heimamt replay JOURNAL: runs the routing's journal again and compares each action. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/commands.h"
#include "main/segments.h"

static const char usage[] =
	"heimamt replay JOURNAL [--json]\n"
	"  Runs a journal of the routing again: each event must cause the same actions, "
	"byte for byte.\n"
	"  JOURNAL is a segment, a folder of segments, or a state folder.\n\n"
	"  --json  what was found, for programs\n\n"
	"  Exit status 0: all is the same. 1: something differs, or cannot be read.\n"
	"  2: a segment is torn, altered, or of another version; its last good event is "
	"named.\n\n"
	"Examples:\n"
	"  heimamt replay /var/lib/heimamt\n"
	"  heimamt replay var/journal/2026-11-26T10-49-14.123Z.journal --json\n";

/* One after the other, up to what is wrong or the end. */
static void run(struct segment *seg)
{
	while (segment_step(seg))
		;
}

static bool is_bad(const struct segment *seg)
{
	return segment_wrong(seg) != NULL;
}

static void tell_actions(const char *which, const struct acd_actions *a)
{
	char words[ACD_WORDS_MAX];

	printf("  %s: %s\n", which, acd_verdict_word(a->verdict));
	for (size_t i = 0; i < a->n; i++) {
		acd_action_words(words, &a->a[i]);
		printf("    %s\n", words);
	}
}

static void tell(const struct segment *seg)
{
	const struct acd_replay *r = &seg->replay;
	char words[ACD_WORDS_MAX];

	printf("%s: %" PRIu64 " events, %" PRIu64 " actions", seg->name, r->n_events,
		r->n_actions);
	if (seg->result != ACD_REPLAY_DIFFERS) {
		printf(", all the same%s\n",
			seg->result == ACD_REPLAY_OPEN
				? "; it has no end: it is still written, or its writer "
				  "was killed"
				: is_bad(seg) ? " so far"
					      : "");
		return;
	}
	acd_event_words(words, &r->ev);
	printf("; the last one differs (%s)\n", words);
	tell_actions("the journal has", &r->recorded);
	tell_actions("now it has", &r->actions);
}

static json_t *json_of_actions(const struct acd_actions *a)
{
	json_t *list = json_array();
	char words[ACD_WORDS_MAX];

	for (size_t i = 0; i < a->n; i++) {
		acd_action_words(words, &a->a[i]);
		json_array_append_new(list, json_string(words));
	}
	return json_pack(
		"{s:s, s:o}", "verdict", acd_verdict_word(a->verdict), "actions", list);
}

static json_t *json_of(const struct segment *seg)
{
	const struct acd_replay *r = &seg->replay;
	const char *wrong = segment_wrong(seg);
	char words[ACD_WORDS_MAX];
	json_t *out = json_pack("{s:s, s:s, s:b, s:I, s:I}", "file", seg->name, "result",
		wrong                                       ? wrong
			: seg->result == ACD_REPLAY_DIFFERS ? "differs"
							    : "same",
		"ended", seg->result == ACD_REPLAY_ENDED, "events",
		(json_int_t)r->n_events, "actions", (json_int_t)r->n_actions);

	if (r->n_events > 0 && (wrong || seg->result == ACD_REPLAY_DIFFERS)) {
		acd_event_words(words, &r->ev);
		json_object_set_new(
			out, wrong ? "last_good_event" : "event", json_string(words));
	}
	if (wrong)
		json_object_set_new(out, "byte", json_integer((json_int_t)r->reader.at));
	if (seg->result == ACD_REPLAY_DIFFERS) {
		json_object_set_new(out, "recorded", json_of_actions(&r->recorded));
		json_object_set_new(out, "now", json_of_actions(&r->actions));
	}
	return out;
}

/* The exit status that one segment asks for. */
static int replay_one(const struct segments *s, size_t i, json_t *list)
{
	struct segment *seg;
	int status;

	if (segment_open(s, i, &seg))
		return 1;
	run(seg);
	if (list)
		json_array_append_new(list, json_of(seg));
	else if (seg->replay.has_acd || seg->result == ACD_REPLAY_OPEN)
		tell(seg);
	if (is_bad(seg)) {
		(void)fflush(stdout);
		segment_complain(seg);
	}
	status = is_bad(seg) ? EXIT_USAGE : seg->result == ACD_REPLAY_DIFFERS ? 1 : 0;
	segment_close(seg);
	return status;
}

int command_replay(int argc, char **argv)
{
	struct options o;
	struct segments s;
	json_t *list = NULL;
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (!o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (segments_open(&s, o.word))
		return EXIT_USAGE;
	if (o.json)
		list = json_array();
	for (size_t i = 0; i < s.n; i++) {
		int of_one = replay_one(&s, i, list);

		status = of_one > status ? of_one : status;
	}
	if (o.json) {
		(void)json_dumpf(list, stdout, JSON_COMPACT);
		puts("");
	} else if (s.n == 0) {
		printf("%s: there is no segment.\n", s.dir);
	}
	json_decref(list);
	segments_close(&s);
	return status;
}
