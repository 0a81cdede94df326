/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments -- see segments.h */
#include "main/segments.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int list(struct segments *s)
{
	char below[OPTIONS_PATH_MAX];
	int err = options_path(below, s->path, "journal");

	if (!err)
		err = text_copy(
			s->dir, sizeof s->dir, is_folder(below) ? below : s->path);
	return err ? err : journal_names(s->dir, &s->names, &s->n);
}

int segments_open(struct segments *s, const char *path)
{
	int err = 0;

	*s = (struct segments){ .path = path };
	if (is_folder(path))
		err = list(s);
	else
		s->n = 1;
	if (err)
		fprintf(stderr, "%s: cannot be read: %s.\n", path, strerror(err));
	return err;
}

void segments_close(struct segments *s)
{
	if (s->names)
		journal_free_names(s->names, s->n);
	*s = (struct segments){ 0 };
}

int segment_open(const struct segments *s, size_t i, struct segment **out)
{
	struct segment *seg = calloc(1, sizeof *seg);
	int err = seg ? 0 : ENOMEM;

	if (!err)
		err = s->names ? options_path(seg->path, s->dir, s->names[i])
			       : text_copy(seg->path, sizeof seg->path, s->path);
	if (!err)
		err = journal_read(seg->path, &seg->bytes, &seg->n);
	if (err) {
		fprintf(stderr, "%s: cannot be read: %s.\n",
			s->names ? s->names[i] : s->path, strerror(err));
		free(seg);
		return err;
	}
	seg->name = s->names ? s->names[i] : s->path;
	seg->result = acd_replay_init(&seg->replay, seg->bytes, seg->n);
	*out = seg;
	return 0;
}

void segment_close(struct segment *seg)
{
	if (!seg)
		return;
	acd_replay_close(&seg->replay);
	free(seg->bytes);
	free(seg);
}

bool segment_step(struct segment *seg)
{
	if (seg->result == ACD_REPLAY_SAME)
		seg->result = acd_replay_next(&seg->replay);
	return seg->result == ACD_REPLAY_SAME;
}

const char *segment_wrong(const struct segment *seg)
{
	switch (seg->result) {
	case ACD_REPLAY_TORN: return "torn";
	case ACD_REPLAY_ALTERED: return "altered";
	case ACD_REPLAY_FOREIGN:
		return seg->replay.head.version ? "version" : "no_journal";
	case ACD_REPLAY_NONSENSE: return "nonsense";
	case ACD_REPLAY_NO_MEMORY: return "no_memory";
	case ACD_REPLAY_SAME:
	case ACD_REPLAY_DIFFERS:
	case ACD_REPLAY_ENDED:
	case ACD_REPLAY_OPEN: break;
	}
	return NULL;
}

static void complain_of_version(const struct segment *seg)
{
	fprintf(stderr,
		"%s: was written by version %" PRIu32 " of the routing; this program has "
		"version %d. Run it with the program that wrote it.\n",
		seg->name, seg->replay.head.version, ACD_VERSION);
}

void segment_complain(const struct segment *seg)
{
	static const char *const what[] = {
		[ACD_REPLAY_TORN] = "the record that follows is not whole",
		[ACD_REPLAY_ALTERED] = "what follows was altered",
		[ACD_REPLAY_NONSENSE] = "what follows cannot be",
		[ACD_REPLAY_NO_MEMORY] = "there is not enough memory for it",
	};
	const struct acd_replay *r = &seg->replay;
	char words[ACD_WORDS_MAX];

	if (seg->result == ACD_REPLAY_FOREIGN && r->head.version) {
		complain_of_version(seg);
		return;
	}
	if (seg->result == ACD_REPLAY_FOREIGN) {
		fprintf(stderr, "%s: is no journal of heimamt.\n", seg->name);
		return;
	}
	fprintf(stderr, "%s: at byte %zu of %zu %s. ", seg->name, r->reader.at, seg->n,
		what[seg->result]);
	if (r->n_events == 0) {
		fprintf(stderr, "There is no good event before it.\n");
		return;
	}
	acd_event_words(words, &r->ev);
	fprintf(stderr, "The last good event is number %" PRIu64 " (%s).\n", r->n_events,
		words);
}

int64_t segment_wall_ms(const struct segment *seg)
{
	const struct acd_replay *r = &seg->replay;
	int64_t at_ms = r->n_events ? r->ev.at_ms : r->head.at_ms;

	return r->head.wall_ms + at_ms - r->head.at_ms;
}
