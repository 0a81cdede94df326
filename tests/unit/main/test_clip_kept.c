/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Clips as they were encoded, kept on disk: what comes back is what was put, or nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/clip_kept.h"

static char folder[] = "/tmp/heimamt-kept-XXXXXX";

static struct clip_coded coded(void)
{
	struct clip_coded c = { 0 };

	for (size_t i = SOUND_PCMA; i < SOUND_CODECS; i++) {
		c.n[i] = 20 * i;
		c.bytes[i] = malloc(c.n[i]);
		assert_non_null(c.bytes[i]);
		memset(c.bytes[i], (int)(0x40 + i), c.n[i]);
	}
	return c;
}

static void path_of(char out[128], const char *name)
{
	snprintf(out, 128, "%s/%s", folder, name);
}

static void put(const char *name)
{
	struct clip_coded c = coded();

	assert_int_equal(clip_kept_write(&c, folder, name), 0);
	clip_coded_free(&c);
}

static void test_comes_back(void **state)
{
	char name[CLIP_KEPT_NAME], path[128];
	struct clip_coded want = coded(), got;
	struct stat st;

	assert_int_equal(clip_kept_name(name, (const uint8_t *)"sound", 5), 0);
	assert_int_equal(strlen(name), 64);
	assert_int_equal(clip_kept_read(&got, folder, name), ENOENT);
	put(name);
	put(name); /* as another process may, at the same time */
	assert_int_equal(clip_kept_read(&got, folder, name), 0);
	for (size_t i = SOUND_PCMA; i < SOUND_CODECS; i++) {
		assert_int_equal(got.n[i], want.n[i]);
		assert_memory_equal(got.bytes[i], want.bytes[i], want.n[i]);
	}
	path_of(path, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	clip_coded_free(&got);
	clip_coded_free(&want);
}

/* A recording that has changed by one sample is another one. */
static void test_names(void **state)
{
	char a[CLIP_KEPT_NAME], b[CLIP_KEPT_NAME];

	assert_int_equal(clip_kept_name(a, (const uint8_t *)"sound", 5), 0);
	assert_int_equal(clip_kept_name(b, (const uint8_t *)"sound", 5), 0);
	assert_string_equal(a, b);
	assert_int_equal(clip_kept_name(b, (const uint8_t *)"sounD", 5), 0);
	assert_string_not_equal(a, b);
	assert_int_equal(clip_kept_name(b, (const uint8_t *)"sound", 4), 0);
	assert_string_not_equal(a, b);
}

/* Each byte otherwise, and each length short of the whole: nothing comes back. */
static void test_torn(void **state)
{
	char path[128];
	struct clip_coded got;
	struct stat st;
	int fd;

	put("torn");
	path_of(path, "torn");
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		uint8_t was, other;

		fd = open(path, O_RDWR);
		assert_int_equal(pread(fd, &was, 1, at), 1);
		other = was ^ 0x80;
		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		assert_int_equal(clip_kept_read(&got, folder, "torn"), ENOENT);
		assert_int_equal(pwrite(fd, &was, 1, at), 1);
		close(fd);
	}
	assert_int_equal(clip_kept_read(&got, folder, "torn"), 0);
	clip_coded_free(&got);
	for (off_t n = st.st_size; n-- > 0;) {
		assert_int_equal(truncate(path, n), 0);
		assert_int_equal(clip_kept_read(&got, folder, "torn"), ENOENT);
		assert_null(got.bytes[SOUND_PCMA]);
	}
}

static bool is_good(const void *arg, const char *name)
{
	return strcmp(name, arg) == 0;
}

static void test_sweep(void **state)
{
	struct clip_coded got;

	put("good");
	put("old");
	put("part-abcdef"); /* what a process left that was killed */
	clip_kept_sweep(folder, is_good, "good");
	assert_int_equal(clip_kept_read(&got, folder, "old"), ENOENT);
	assert_int_equal(clip_kept_read(&got, folder, "part-abcdef"), ENOENT);
	assert_int_equal(clip_kept_read(&got, folder, "good"), 0);
	clip_coded_free(&got);
	clip_kept_sweep("/nowhere", is_good, "good");
}

/* Where it cannot be kept nothing is left behind. */
static void test_nowhere(void **state)
{
	struct clip_coded c = coded();

	assert_int_not_equal(clip_kept_write(&c, "/nowhere", "x"), 0);
	clip_coded_free(&c);
}

static int begin(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static bool nothing(const void *arg, const char *name)
{
	return false;
}

static int end(void **state)
{
	clip_kept_sweep(folder, nothing, NULL);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
