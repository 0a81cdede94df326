/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* wav: RIFF/WAVE files, whole, odd and cut. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/g711.h"
#include "wire/wav.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define LIT(s) (const uint8_t *)(s), sizeof(s) - 1
/* RIFF with the size of what follows the first eight bytes */
#define RIFF(size) "RIFF" size "\0\0\0WAVE"
/* format, channels, rate, (bytes a second, not read), frame, bits */
#define FMT(format, channels, rate, frame, bits) \
	"fmt \x10\0\0\0" format "\0" channels "\0" rate "\0\0zzzz" frame "\0" bits "\0"
/* the rest of a format chunk behind its name and the low byte of its length */
#define FMT_BODY "\0\0\0\x01\0\x01\0\x40\x1F\0\0zzzz\x02\0\x10\0"
#define PCM16    FMT("\x01", "\x01", "\x40\x1F", "\x02", "\x10")
#define ALAW     FMT("\x06", "\x01", "\x40\x1F", "\x01", "\x08")
#define ULAW     FMT("\x07", "\x01", "\x40\x1F", "\x01", "\x08")
#define DATA4    "data\x04\0\0\0abcd"

struct row {
	const char *what;
	const uint8_t *p;
	size_t n;
	int err;
	enum wav_format format;
	size_t frames;
};

static void check(const struct row *c)
{
	struct wav w = { .n_frames = 99 };
	uint8_t *copy = malloc(c->n ? c->n : 1);

	assert_non_null(copy);
	memcpy(copy, c->p, c->n);
	if (wav_parse(&w, copy, c->n) != c->err)
		fail_msg("%s", c->what);
	assert_int_equal(w.n_frames, c->err ? 99 : c->frames);
	if (!c->err) {
		assert_int_equal(w.format, c->format);
		assert_true(w.data.p >= copy && w.data.p + w.data.n <= copy + c->n);
	}
	free(copy);
}

static void test_formats(void **state)
{
	static const struct row cases[] = {
		{ "16 bit", LIT(RIFF("\x28") PCM16 DATA4), 0, WAV_PCM16, 2 },
		{ "A-law", LIT(RIFF("\x28") ALAW DATA4), 0, WAV_ALAW, 4 },
		{ "mu-law", LIT(RIFF("\x28") ULAW DATA4), 0, WAV_ULAW, 4 },
		{ "stereo",
			LIT(RIFF("\x28") FMT("\x01", "\x02", "\x80\xBB", "\x04", "\x10")
					DATA4),
			0, WAV_PCM16, 1 },
		{ "48,001 Hz",
			LIT(RIFF("\x28") FMT("\x01", "\x01", "\x81\xBB", "\x02", "\x10")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "7,999 Hz",
			LIT(RIFF("\x28") FMT("\x01", "\x01", "\x3F\x1F", "\x02", "\x10")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "no channel",
			LIT(RIFF("\x28") FMT("\x01", "\0", "\x40\x1F", "\x02", "\x10")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "three channels",
			LIT(RIFF("\x28") FMT("\x01", "\x03", "\x40\x1F", "\x06", "\x10")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "8 bit",
			LIT(RIFF("\x28") FMT("\x01", "\x01", "\x40\x1F", "\x01", "\x08")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "24 bit",
			LIT(RIFF("\x28") FMT("\x01", "\x01", "\x40\x1F", "\x03", "\x18")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "16-bit A-law",
			LIT(RIFF("\x28") FMT("\x06", "\x01", "\x40\x1F", "\x02", "\x10")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "floating point",
			LIT(RIFF("\x28") FMT("\x03", "\x01", "\x40\x1F", "\x04", "\x20")
					DATA4),
			ENOTSUP, 0, 0 },
		{ "a frame that contradicts",
			LIT(RIFF("\x28") FMT("\x01", "\x01", "\x40\x1F", "\x04", "\x10")
					DATA4),
			EBADMSG, 0, 0 },
	};

	for (size_t i = 0; i < N(cases); i++)
		check(&cases[i]);
}

static void test_chunks(void **state)
{
	static const struct row cases[] = {
		{ "nothing", LIT(""), EBADMSG, 0, 0 },
		{ "not RIFF", LIT("RIFX\x28\0\0\0WAVE" PCM16 DATA4), EBADMSG, 0, 0 },
		{ "not WAVE", LIT("RIFF\x28\0\0\0AVI " PCM16 DATA4), EBADMSG, 0, 0 },
		{ "no chunk", LIT(RIFF("\x04")), EBADMSG, 0, 0 },
		{ "no data", LIT(RIFF("\x1C") PCM16), EBADMSG, 0, 0 },
		{ "data before the format", LIT(RIFF("\x28") DATA4 PCM16), EBADMSG, 0,
			0 },
		{ "a chunk between", LIT(RIFF("\x34") PCM16 "LIST\x04\0\0\0INFO" DATA4),
			0, WAV_PCM16, 2 },
		{ "an odd chunk between",
			LIT(RIFF("\x36") PCM16 "LIST\x05\0\0\0INFOx\0" DATA4), 0,
			WAV_PCM16, 2 },
		{ "an empty chunk between", LIT(RIFF("\x30") PCM16 "fact\0\0\0\0" DATA4),
			0, WAV_PCM16, 2 },
		{ "a longer format", LIT(RIFF("\x2A") "fmt \x12" FMT_BODY "xx" DATA4), 0,
			WAV_PCM16, 2 },
		{ "a format of 15", LIT(RIFF("\x28") "fmt \x0F" FMT_BODY DATA4), EBADMSG,
			0, 0 },
		{ "the first format counts", LIT(RIFF("\x40") ALAW ULAW DATA4), 0,
			WAV_ALAW, 4 },
		{ "something after the data",
			LIT(RIFF("\x34") PCM16 DATA4 "LIST\x04\0\0\0INFO"), 0, WAV_PCM16,
			2 },
		{ "something after the file", LIT(RIFF("\x28") PCM16 DATA4 "more"), 0,
			WAV_PCM16, 2 },
		{ "no sample", LIT(RIFF("\x24") PCM16 "data\0\0\0\0"), 0, WAV_PCM16, 0 },
		{ "half a sample at the end",
			LIT(RIFF("\x28") PCM16 "data\x03\0\0\0abc\0"), 0, WAV_PCM16, 1 },
		{ "odd data without its pad", LIT(RIFF("\x27") ALAW "data\x03\0\0\0abc"),
			0, WAV_ALAW, 3 },
		{ "data one too long", LIT(RIFF("\x28") PCM16 "data\x05\0\0\0abcd"),
			EBADMSG, 0, 0 },
		{ "data as a stream says it",
			LIT(RIFF("\x28") PCM16 "data\xFF\xFF\xFF\xFF"
					       "abcd"),
			EBADMSG, 0, 0 },
		{ "RIFF as a stream says it", LIT("RIFF\xFF\xFF\xFF\xFFWAVE" PCM16 DATA4),
			EBADMSG, 0, 0 },
		{ "RIFF too small for WAVE", LIT(RIFF("\x03") PCM16 DATA4), EBADMSG, 0,
			0 },
		{ "data beyond RIFF's end", LIT(RIFF("\x26") PCM16 DATA4), EBADMSG, 0,
			0 },
		{ "a chunk's header cut", LIT(RIFF("\x1F") PCM16 "dat"), EBADMSG, 0, 0 },
	};

	for (size_t i = 0; i < N(cases); i++)
		check(&cases[i]);
}

static void test_cut_anywhere(void **state)
{
	static const uint8_t v[] = RIFF("\x36") PCM16 "LIST\x05\0\0\0INFOx\0" DATA4;

	for (size_t n = 0; n < sizeof v - 1; n++) {
		/* as it is, and with a length that fits */
		for (int mend = 0; mend < 2; mend++) {
			uint8_t *copy = malloc(n ? n : 1);
			struct wav w;

			assert_non_null(copy);
			memcpy(copy, v, n);
			if (mend && n >= 8)
				copy[4] = (uint8_t)(n - 8);
			assert_int_equal(wav_parse(&w, copy, n), EBADMSG);
			free(copy);
		}
	}
}

static void test_details(void **state)
{
	static const uint8_t v[] = RIFF("\x28")
		FMT("\x01", "\x02", "\x44\xAC", "\x04", "\x10") DATA4;
	struct wav w;

	assert_int_equal(wav_parse(&w, v, sizeof v - 1), 0);
	assert_int_equal(w.channels, 2);
	assert_int_equal(w.rate, 44100);
	assert_memory_equal(w.data.p, "abcd", 4);
	assert_int_equal(w.data.n, 4);
}

/* Each format's samples, full scale +-1. */
static void test_to_mono(void **state)
{
	/* 0, -1, 1000, -32768 in little-endian */
	static const uint8_t pcm[] = { 0, 0, 0xFF, 0xFF, 0xE8, 0x03, 0x00, 0x80 };
	static const uint8_t ulaw[] = { 0xFF, 0x7F, 0x80, 0x00 };
	static const uint8_t alaw[] = { 0xD5, 0x55, 0xAA, 0x2A };
	const struct {
		enum wav_format format;
		struct slice data;
		float expected[4];
	} cases[] = {
		{ WAV_PCM16, { pcm, sizeof pcm },
			{ 0, -1 / 32768.0f, 1000 / 32768.0f, -1 } },
		/* the recommendation's largest: 32,256 and 32,124 of 32,768 */
		{ WAV_ALAW, { alaw, sizeof alaw },
			{ 8 / 32768.0f, -8 / 32768.0f, 32256 / 32768.0f,
				-32256 / 32768.0f } },
		{ WAV_ULAW, { ulaw, sizeof ulaw },
			{ 0, 0, 32124 / 32768.0f, -32124 / 32768.0f } },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct wav w = { cases[i].format, 1, 8000, cases[i].data, 4 };
		float out[4] = { 9, 9, 9, 9 };

		assert_int_equal(wav_to_mono(&w, 0, out, 3), 3);
		assert_true(out[3] == 9);
		assert_int_equal(wav_to_mono(&w, 3, out + 3, 4), 1);
		for (size_t k = 0; k < 4; k++)
			assert_true(out[k] == cases[i].expected[k]);
		assert_int_equal(wav_to_mono(&w, 4, out, 4), 0);
		assert_int_equal(wav_to_mono(&w, SIZE_MAX, out, 4), 0);
	}
}

/* 1000 and 500, -32768 and -32768: their means. */
static void test_two_channels(void **state)
{
	static const uint8_t pcm[] = { 0xE8, 0x03, 0xF4, 0x01, 0x00, 0x80, 0x00, 0x80 };
	struct wav w = { WAV_PCM16, 2, 48000, { pcm, sizeof pcm }, 2 };
	float out[2];

	assert_int_equal(wav_to_mono(&w, 0, out, 2), 2);
	assert_true(out[0] == 750 / 32768.0f);
	assert_true(out[1] == -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_to_mono),
		cmocka_unit_test(test_two_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
