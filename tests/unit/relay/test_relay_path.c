/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which way a voice goes, in which codec, at which rate, and why: every reason, and every combination of two paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "relay/path.h"

/* A leg in a row: its codecs by a letter each, in their order. */
struct row_end {
	const char *codecs;
	bool is_lossy, is_over;
	enum rp_feed feed;
};

static enum sound_codec codec_of(char letter)
{
	switch (letter) {
	case 'a': return SOUND_PCMA;
	case 'u': return SOUND_PCMU;
	case 'g': return SOUND_G722;
	default: return SOUND_OPUS;
	}
}

static struct path_end end_of(
	const struct row_end *row, struct rp_codec out[RP_CODECS_MAX])
{
	struct path_end end = { .feed = row->feed,
		.is_lossy = row->is_lossy,
		.is_over = row->is_over,
		.codecs = out,
		.n_codecs = strlen(row->codecs) };

	assert_in_range(end.n_codecs, 1, RP_CODECS_MAX);
	for (size_t i = 0; i < end.n_codecs; i++)
		out[i] = (struct rp_codec){ (uint8_t)codec_of(row->codecs[i]),
			(uint8_t)(10 + i) };
	return end;
}

#define JOIN .feed = RP_FEED_JOIN

static const struct {
	const char *what;
	struct row_end to;
	char codec;
	bool from_lossy;
	enum rp_why want;
} whys[] = {
	{ "both have it", { "augo", JOIN }, 'g', false, RP_WHY_NONE },
	{ "the only one", { "a", JOIN }, 'a', false, RP_WHY_NONE },
	{ "the last one", { "augo", JOIN }, 'o', false, RP_WHY_NONE },
	{ "not agreed", { "a", JOIN }, 'u', false, RP_WHY_CODEC },
	{ "not agreed: wide to narrow", { "au", JOIN }, 'g', false, RP_WHY_CODEC },
	{ "not agreed: Opus", { "a", JOIN }, 'o', false, RP_WHY_CODEC },
	{ "a lossy line speaks Opus to who has none", { "a", JOIN }, 'o', true,
		RP_WHY_LOSSY },
	{ "a lossy line speaks what is not agreed", { "a", JOIN }, 'g', true,
		RP_WHY_LOSSY },
	{ "a lossy line speaks what is agreed", { "a", JOIN }, 'a', true, RP_WHY_NONE },
	{ "a lossy line speaks Opus to who has it", { "ao", JOIN }, 'o', true,
		RP_WHY_NONE },
	{ "to a lossy line", { "augo", true, JOIN }, 'a', false, RP_WHY_LOSSY },
	{ "Opus to a lossy line", { "augo", true, JOIN }, 'o', false, RP_WHY_NONE },
	{ "to a lossy line without Opus", { "aug", true, JOIN }, 'a', false,
		RP_WHY_NONE },
	{ "not agreed, to a lossy line without Opus", { "a", true, JOIN }, 'u', false,
		RP_WHY_CODEC },
	{ "both are lossy, without Opus", { "a", true, JOIN }, 'u', true, RP_WHY_LOSSY },
	{ "three", { "augo", .feed = RP_FEED_MIX }, 'a', false, RP_WHY_MIX },
	{ "three, not agreed", { "a", .feed = RP_FEED_MIX }, 'o', true, RP_WHY_MIX },
	{ "three, a lossy line", { "ao", true, .feed = RP_FEED_MIX }, 'a', false,
		RP_WHY_MIX },
	{ "three, and a clip over it", { "a", false, true, RP_FEED_MIX }, 'a', false,
		RP_WHY_MIX },
	{ "a clip over it", { "augo", false, true, RP_FEED_JOIN }, 'a', false,
		RP_WHY_OVER },
	{ "a clip over it, not agreed", { "a", false, true, RP_FEED_JOIN }, 'u', false,
		RP_WHY_OVER },
	{ "a clip over it, on a lossy line", { "ao", true, true, RP_FEED_JOIN }, 'a',
		false, RP_WHY_OVER },
	{ "an echo", { "augo", .feed = RP_FEED_ECHO }, 'g', false, RP_WHY_NONE },
	{ "an echo of a lossy line", { "ao", true, .feed = RP_FEED_ECHO }, 'a', true,
		RP_WHY_NONE },
	{ "an echo, after a clip over a talk", { "ao", true, true, RP_FEED_ECHO }, 'a',
		true, RP_WHY_NONE },
};

static void test_why(void **state)
{
	struct rp_codec codecs[RP_CODECS_MAX];

	for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
		struct path_end to = end_of(&whys[i].to, codecs);
		enum rp_why got = path_why(
			&to, codec_of(whys[i].codec), whys[i].from_lossy);

		if (got != whys[i].want)
			fail_msg("%s: %d, not %d", whys[i].what, got, whys[i].want);
	}
}

/* Whatever else there is, the reasons have one order; nothing is decoded without one. */
static void test_why_everywhere(void **state)
{
	static const char *const lists[] = { "a", "u", "g", "o", "ao", "oa", "ug",
		"augo" };
	static const char letters[] = "augo";
	static const enum rp_feed feeds[] = { RP_FEED_JOIN, RP_FEED_MIX, RP_FEED_ECHO };
	struct rp_codec codecs[RP_CODECS_MAX];
	size_t n = 0;

	for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
		for (size_t feed = 0; feed < 3; feed++)
			for (unsigned bits = 0; bits < 8; bits++)
				for (const char *c = letters; *c; c++, n++) {
					struct row_end row = { lists[list], bits & 1,
						bits & 2, feeds[feed] };
					struct path_end to = end_of(&row, codecs);
					enum rp_why got = path_why(
						&to, codec_of(*c), bits & 4);
					bool agreed = strchr(row.codecs, *c);
					bool corrects = row.is_lossy &&
						strchr(row.codecs, 'o') && *c != 'o';

					if (row.feed == RP_FEED_ECHO)
						assert_int_equal(got, RP_WHY_NONE);
					else if (row.feed == RP_FEED_MIX)
						assert_int_equal(got, RP_WHY_MIX);
					else if (row.is_over)
						assert_int_equal(got, RP_WHY_OVER);
					else if (corrects)
						assert_int_equal(got, RP_WHY_LOSSY);
					else
						assert_int_equal(got,
							agreed ? RP_WHY_NONE
								: bits & 4
								? RP_WHY_LOSSY
								: RP_WHY_CODEC);
				}
	assert_int_equal(n, 8 * 3 * 8 * 4);
}

static void test_step(void **state)
{
	static const struct {
		bool is_pcm, to_be_pcm, is_newest;
		enum path_step want;
	} rows[] = {
		{ false, false, true, PATH_FORWARD },
		{ false, false, false, PATH_FORWARD },
		{ true, false, true, PATH_LEAVE },
		{ true, false, false, PATH_DROP },
		{ false, true, true, PATH_DECODE },
		{ false, true, false, PATH_DROP },
		{ true, true, true, PATH_DECODE },
		{ true, true, false, PATH_DECODE },
	};

	/* whichever the reasons are */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (enum rp_why a = RP_WHY_CODEC; a <= RP_WHY_OVER; a++)
			for (enum rp_why b = RP_WHY_CODEC; b <= RP_WHY_OVER; b++)
				assert_int_equal(
					path_step(rows[i].is_pcm ? a : RP_WHY_NONE,
						rows[i].to_be_pcm ? b : RP_WHY_NONE,
						rows[i].is_newest),
					rows[i].want);
}

static void test_keys(void **state)
{
	assert_true(path_carries_keys(RP_WHY_NONE, RP_FEED_JOIN));
	assert_true(path_carries_keys(RP_WHY_NONE, RP_FEED_ECHO));
	/* three, before the first voice went the other way */
	assert_false(path_carries_keys(RP_WHY_NONE, RP_FEED_MIX));
	for (enum rp_why why = RP_WHY_CODEC; why <= RP_WHY_OVER; why++)
		assert_false(path_carries_keys(why, RP_FEED_JOIN));
}

static const struct {
	const char *what;
	struct row_end to;
	uint32_t rate;
	char want;
} sent[] = {
	{ "the first", { "ua" }, SOUND_NARROW, 'u' },
	{ "the first, though another is wide", { "ago" }, SOUND_NARROW, 'a' },
	{ "the first, which is wider", { "ga" }, SOUND_NARROW, 'g' },
	{ "the first that is as wide", { "ago" }, SOUND_WIDE, 'g' },
	{ "the first that is as wide, in their order", { "auog" }, SOUND_WIDE, 'o' },
	{ "none is as wide", { "ua" }, SOUND_WIDE, 'u' },
	{ "a lossy line", { "augo", true }, SOUND_NARROW, 'o' },
	{ "a lossy line, wide", { "augo", true }, SOUND_WIDE, 'o' },
	{ "a lossy line without Opus", { "aug", true }, SOUND_NARROW, 'a' },
	{ "a lossy line without Opus, wide", { "aug", true }, SOUND_WIDE, 'g' },
};

static void test_codec(void **state)
{
	struct rp_codec codecs[RP_CODECS_MAX];

	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
		struct path_end to = end_of(&sent[i].to, codecs);

		if (path_codec(&to, sent[i].rate) != codec_of(sent[i].want))
			fail_msg("%s: %d", sent[i].what, path_codec(&to, sent[i].rate));
	}
}

static const struct {
	const char *what;
	struct row_end to;
	char codec;
	uint32_t want;
} rates[] = {
	{ "narrow to narrow", { "au", JOIN }, 'u', SOUND_NARROW },
	{ "narrow to wide", { "augo", JOIN }, 'u', SOUND_NARROW },
	{ "wide to narrow", { "au", JOIN }, 'g', SOUND_NARROW },
	{ "wide to wide", { "ag", JOIN }, 'o', SOUND_WIDE },
	{ "wide to wide, the first of several", { "oa", JOIN }, 'g', SOUND_WIDE },
	{ "three narrow ones", { "a", .feed = RP_FEED_MIX }, 'u', SOUND_WIDE },
	{ "three wide ones", { "og", .feed = RP_FEED_MIX }, 'g', SOUND_WIDE },
};

static void test_rate(void **state)
{
	struct rp_codec codecs[RP_CODECS_MAX];

	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct path_end to = end_of(&rates[i].to, codecs);

		if (path_rate(&to, codec_of(rates[i].codec)) != rates[i].want)
			fail_msg("%s", rates[i].what);
	}
}

static void test_pt(void **state)
{
	static const struct rp_codec two[] = { { SOUND_G722, 9 }, { SOUND_PCMU, 0 } };

	assert_int_equal(path_pt(two, 2, SOUND_G722), 9);
	assert_int_equal(path_pt(two, 2, SOUND_PCMU), 0);
	assert_int_equal(path_pt(two, 1, SOUND_PCMU), -1);
	assert_int_equal(path_pt(two, 2, SOUND_OPUS), -1);
	assert_int_equal(path_pt(two, 0, SOUND_G722), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_why_everywhere),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_codec),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_pt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
