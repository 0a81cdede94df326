/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate_json -- see simulate_json.h */
#include "main/simulate_json.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int json_wrong(const struct json_reader *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "%s: %s%s", r->file, r->path, *r->path ? " " : "");
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	return EINVAL;
}

/* A path that is too long is cut: it is for people. */
size_t json_path_key(struct json_reader *r, const char *key)
{
	size_t length = strlen(r->path);

	(void)text_format(r->path + length, sizeof r->path - length, "%s%s",
		length ? "." : "", text_is_clean_utf8(key) ? key : "?");
	return length;
}

size_t json_path_index(struct json_reader *r, size_t index)
{
	size_t length = strlen(r->path);

	(void)text_format(r->path + length, sizeof r->path - length, "[%zu]", index);
	return length;
}

void json_path_back(struct json_reader *r, size_t length)
{
	r->path[length] = 0;
}

/* What stands there instead, as it would be written. */
static void describe(const json_t *value, char *out, size_t cap)
{
	static const char *const names[] = { [JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a number",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null" };
	const char *s = json_string_value(value);

	/* whatever does not fit is named by its kind */
	if (s && text_is_clean_utf8(s) && !text_format(out, cap, "\"%s\"", s))
		return;
	if (json_is_integer(value) &&
		!text_format(out, cap, "%lld", (long long)json_integer_value(value)))
		return;
	if (json_is_real(value) && !text_format(out, cap, "%g", json_real_value(value)))
		return;
	(void)text_format(out, cap, "%s", names[json_typeof(value)]);
}

static int wrong_value(
	const struct json_reader *r, const json_t *value, const struct json_field *f)
{
	char is[SIM_NAME_MAX + 8];

	describe(value, is, sizeof is);
	return json_wrong(r, "is %s; it needs %s.", is, f->what);
}

static int read_number(
	struct json_reader *r, const json_t *value, const struct json_field *f, void *to)
{
	double x = json_number_value(value);
	uint32_t n;

	if (!json_is_number(value) || !(x >= f->min && x <= f->max))
		return wrong_value(r, value, f);
	if (f->kind == JSON_KIND_NUMBER) {
		memcpy(to, &x, sizeof x);
		return 0;
	}
	if (x != floor(x))
		return wrong_value(r, value, f);
	n = (uint32_t)x;
	if (f->kind == JSON_KIND_COUNT32)
		memcpy(to, &n, sizeof n);
	else
		memcpy(to, &(uint64_t){ (uint64_t)x }, sizeof(uint64_t));
	return 0;
}

static int read_name(struct json_reader *r, const json_t *value, void *to)
{
	const char *s = json_string_value(value);

	if (s && *s && text_is_clean_utf8(s) && !text_copy(to, SIM_NAME_MAX, s))
		return 0;
	return json_wrong(r, "needs a name of 1 to %d bytes without control characters.",
		SIM_NAME_MAX - 1);
}

static int read_word(
	struct json_reader *r, const json_t *value, const struct json_field *f, void *to)
{
	const char *s = json_string_value(value);

	for (unsigned i = 0; s && f->words[i]; i++)
		if (strcmp(s, f->words[i]) == 0) {
			memcpy(to, &i, sizeof i); /* an enum has the size of unsigned */
			return 0;
		}
	return wrong_value(r, value, f);
}

static int read_field(
	struct json_reader *r, const json_t *value, const struct json_field *f, void *to)
{
	switch (f->kind) {
	case JSON_KIND_NUMBER:
	case JSON_KIND_COUNT:
	case JSON_KIND_COUNT32: return read_number(r, value, f, to);
	case JSON_KIND_NAME: return read_name(r, value, to);
	case JSON_KIND_WORD: return read_word(r, value, f, to);
	case JSON_KIND_OTHER: break;
	}
	return f->read(r, value, to);
}

static int unknown_key(const struct json_reader *r, const struct json_field *fields)
{
	char keys[512] = "";
	size_t n = 0;

	for (; fields->key; fields++) {
		/* the longest table has 200 bytes of keys */
		(void)text_format(
			keys + n, sizeof keys - n, "%s%s", n ? ", " : "", fields->key);
		n = strlen(keys);
	}
	return json_wrong(r, "is not a key here; these are: %s.", keys);
}

static int read_key(struct json_reader *r, const char *key, const json_t *value,
	const struct json_field *fields, void *to)
{
	size_t back = json_path_key(r, key);
	const struct json_field *f = fields;
	int err;

	while (f->key && strcmp(f->key, key) != 0)
		f++;
	err = f->key ? read_field(r, value, f, (char *)to + f->at)
		     : unknown_key(r, fields);
	json_path_back(r, back);
	return err;
}

int json_read_object(struct json_reader *r, const json_t *value,
	const struct json_field *fields, void *to)
{
	const char *key;
	json_t *member;

	if (!json_is_object(value))
		return json_wrong(
			r, "is no object; it needs {\"%s\": ...}.", fields->key);
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
	{
		int err = read_key(r, key, member, fields, to);

		if (err)
			return err;
	}
	for (const struct json_field *f = fields; f->key; f++) {
		if (!f->is_needed || json_object_get(value, f->key))
			continue;
		(void)json_path_key(r, f->key);
		return json_wrong(r, "is missing; it needs %s.", f->what);
	}
	return 0;
}
