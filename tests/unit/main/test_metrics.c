/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* metrics: the table and docs/metrics.md say the same, and names are as Prometheus wants them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/metrics.h"

static char *page; /* docs/metrics.md */

/* row: its own, with the line feed before it. */
static void must_say(const char *row, const struct metric_family *m)
{
	const char *says;

	if (!row) {
		fail_msg("docs/metrics.md has no row of the %s %s", m->type, m->name);
		return;
	}
	says = strstr(row, m->help);
	if (!says || (size_t)(says - row) > 1 + strcspn(row + 1, "\n"))
		fail_msg("docs/metrics.md says something else of %s than: %s", m->name,
			m->help);
}

static void test_page(void **state)
{
	size_t n = 0;

	for (size_t m = 0; m < METRICS; m++) {
		char begins[128];

		assert_non_null(metrics[m].name);
		assert_int_equal(text_format(begins, sizeof begins, "\n| `%s` | %s | ",
					 metrics[m].name, metrics[m].type),
			0);
		must_say(strstr(page, begins), &metrics[m]);
	}
	for (const char *at = page; (at = strstr(at, "\n| `")) != NULL; at++)
		n += at[4] != '/'; /* paths */
	assert_int_equal(n, METRICS);
}

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && strcmp(name + n - k, ending) == 0;
}

/* https://prometheus.io/docs/practices/naming/ */
static void test_names(void **state)
{
	for (size_t m = 0; m < METRICS; m++) {
		const char *name = metrics[m].name, *type = metrics[m].type;

		assert_true(strncmp(name, "heimamt_", 8) == 0 ||
			strncmp(name, "process_", 8) == 0);
		assert_int_equal(
			strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0 ||
			strcmp(type, "histogram") == 0);
		assert_int_equal(strcmp(type, "counter") == 0, ends_in(name, "_total"));
		assert_null(strpbrk(metrics[m].help, "\\\n|"));
		for (size_t k = 0; k < m; k++)
			assert_string_not_equal(metrics[k].name, name);
	}
}

static void test_labels(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	metrics_label(f, "a\\b\"c\nd Ä");
	fclose(f);
	assert_string_equal(text, "a\\\\b\\\"c\\nd Ä");
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_labels),
	};
	size_t n = 0;
	FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;

	if (!f || getdelim(&page, &n, 0, f) < 0) {
		fputs("test_main_metrics docs/metrics.md\n", stderr);
		return 2;
	}
	fclose(f);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(page);
	return failed;
}
