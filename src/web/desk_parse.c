/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * desk_parse -- a page's message becomes a struct desk_msg; see desk.h and docs/desk-protocol.md.
 *
 * Which members a message must have stands in one table.  The JSON tree lives as long as struct
 * desk_parsed, because an SDP is borrowed from it, not copied.  Any thread; no state.
 */
#include "web/desk.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "base/text.h"

/* Our messages are flat.  Members that we do not know may nest a little; jansson recurses per level. */
#define DEPTH_MAX 8

struct desk_parsed {
	json_t *root; /* owned */
};

enum member {
	NEED_PROTOCOL = 1,
	NEED_SDP = 2,
	NEED_ON = 4,
	NEED_CALL = 8,
	MAY_CALL = 16,
	MAY_REMEMBER = 32,
	NEED_AT = 64,
	NEED_LANGUAGE = 128,
	NEED_CODE = 256,
	NEED_KEY = 512,
	NEED_SIGNATURE = 1024,
	NEED_CHANGED = 2048,
	NEED_TARGET = 4096,
	NEED_MINUTES = 8192,
	MAY_HAND_OVER = 16384,
	NEED_DIGIT = 32768,
	MAY_SHOW = 65536,
};

static const struct {
	const char *t;
	enum desk_msg_type type;
	unsigned members;
} table[] = {
	{ "hello", DESK_HELLO, NEED_PROTOCOL | MAY_REMEMBER },
	{ "line.offer", DESK_LINE_OFFER, NEED_SDP },
	{ "line.codec", DESK_LINE_CODEC, NEED_SDP },
	{ "line.test", DESK_LINE_TEST, NEED_ON },
	{ "line.stats", DESK_LINE_STATS, 0 },
	{ "shift.start", DESK_SHIFT_START, 0 },
	{ "shift.end", DESK_SHIFT_END, MAY_HAND_OVER },
	{ "ready", DESK_READY, 0 },
	{ "pause", DESK_PAUSE, 0 },
	{ "work", DESK_WORK, 0 },
	{ "accept", DESK_ACCEPT, NEED_CALL },
	{ "decline", DESK_DECLINE, NEED_CALL },
	{ "hangup", DESK_HANGUP,
		MAY_CALL }, /* a caller page has one call only and names none */
	{ "transfer", DESK_TRANSFER, NEED_CALL | NEED_TARGET },
	{ "hold", DESK_HOLD, NEED_CALL },
	{ "resume", DESK_RESUME, NEED_CALL },
	{ "hand_over", DESK_HAND_OVER, NEED_CALL },
	{ "key", DESK_KEY, NEED_CALL | NEED_DIGIT },
	{ "targets", DESK_TARGETS, 0 },
	{ "wrapup.done", DESK_WRAPUP_DONE, 0 },
	{ "logout", DESK_LOGOUT, 0 },
	{ "door.open", DESK_DOOR_OPEN, 0 },
	{ "door.end", DESK_DOOR_END, 0 },
	{ "door.back", DESK_DOOR_BACK, NEED_MINUTES },
	{ "workplace", DESK_WORKPLACE, NEED_AT },
	{ "declare", DESK_DECLARE, 0 },
	{ "agreement.read", DESK_AGREEMENT_READ, NEED_LANGUAGE },
	{ "agreement.enrol", DESK_AGREEMENT_ENROL, NEED_CODE | NEED_KEY },
	{ "agreement.sign", DESK_AGREEMENT_SIGN,
		NEED_LANGUAGE | NEED_KEY | NEED_SIGNATURE },
	{ "agreement.end", DESK_AGREEMENT_END, NEED_CHANGED },
	{ "call", DESK_CALL, NEED_SDP | MAY_SHOW },
	{ "place", DESK_PLACE, 0 },
};

/* Counts brackets outside strings; what is not JSON at all is jansson's to refuse. */
static bool is_shallow(const char *text, size_t n)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']'))
			depth--;
		if (depth > DEPTH_MAX)
			return false;
	}
	return true;
}

static int read_protocol(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "protocol");
	json_int_t i = json_integer_value(v);

	if (!json_is_integer(v) || i < 1 || i > INT32_MAX)
		return EINVAL;
	m->protocol = (uint32_t)i;
	return 0;
}

static int read_on(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "on");

	if (!json_is_boolean(v))
		return EINVAL;
	m->on = json_is_true(v);
	return 0;
}

static int read_minutes(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "minutes");
	json_int_t i = json_integer_value(v);

	if (!json_is_integer(v) || i < 0 || i > DESK_BACK_MAX)
		return EINVAL;
	m->minutes = (uint32_t)i;
	return 0;
}

static int read_hand_over(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "hand_over");

	if (v && !json_is_boolean(v))
		return EINVAL;
	m->on = json_is_true(v);
	return 0;
}

/* What a page remembers of the time before its connection was lost. */
static int read_memory(const json_t *root, struct desk_msg *m)
{
	const json_t *line = json_object_get(root, "line");
	const json_t *seat = json_object_get(root, "seat");

	if (line && !json_is_boolean(line))
		return EINVAL;
	m->has_line = json_is_true(line);
	if (seat &&
		(!json_is_string(seat) || ids_parse(json_string_value(seat), &m->seat)))
		return EINVAL;
	return 0;
}

static int read_sdp(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "sdp");
	size_t n = json_string_length(v);

	if (!json_is_string(v) || n == 0 || n > DESK_SDP_MAX)
		return EINVAL;
	m->sdp = json_string_value(v);
	return 0;
}

static int read_id(const json_t *root, const char *name, bool needed, uint64_t *out)
{
	const json_t *v = json_object_get(root, name);
	uint64_t id = 0;

	if (!v && !needed)
		return 0;
	if (!json_is_string(v) || ids_parse(json_string_value(v), &id) || id == 0)
		return EINVAL;
	*out = id;
	return 0;
}

/* One of the two, not both. */
static int read_target(const json_t *root, struct desk_msg *m)
{
	int err = read_id(root, "agent", false, &m->to_agent);

	if (!err)
		err = read_id(root, "queue", false, &m->to_queue);
	return err || !m->to_agent == !m->to_queue ? EINVAL : 0;
}

static int read_ref(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "ref");

	if (!v)
		return 0;
	if (!json_is_string(v) || !text_is_clean_utf8(json_string_value(v)) ||
		text_copy(m->ref, sizeof m->ref, json_string_value(v)))
		return EINVAL;
	return 0;
}

static int read_at(const json_t *root, struct desk_msg *m)
{
	const char *at = json_string_value(json_object_get(root, "at"));

	if (!at || (strcmp(at, "home") != 0 && strcmp(at, "office") != 0))
		return EINVAL;
	m->on = strcmp(at, "home") == 0;
	return 0;
}

static int read_changed(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "changed");

	if (!json_is_boolean(v))
		return EINVAL;
	m->on = json_is_true(v);
	return 0;
}

/* Whether it is what it should be is the app's to find out, and to say. */
static int read_word(const json_t *root, const char *name, const char **out)
{
	const char *word = json_string_value(json_object_get(root, name));

	if (!word || !*word || strlen(word) > DESK_WORD_MAX || !text_is_clean_utf8(word))
		return EINVAL;
	*out = word;
	return 0;
}

/* What a caller's page brings along. */
static int read_shown(const json_t *root, struct desk_msg *m)
{
	int err = 0;

	if (json_object_get(root, "token"))
		err = read_word(root, "token", &m->token);
	if (!err && json_object_get(root, "language"))
		err = read_word(root, "language", &m->language);
	return err;
}

static int read_digit(const json_t *root, struct desk_msg *m)
{
	static const char signs[] = "0123456789*#";
	const char *key = json_string_value(json_object_get(root, "key"));

	if (!key || strlen(key) != 1 || !strchr(signs, *key))
		return EINVAL;
	m->digit = (uint8_t)(strchr(signs, *key) - signs);
	return 0;
}

static int read_signature(const json_t *root, struct desk_msg *m)
{
	const json_t *v = json_object_get(root, "version");
	json_int_t version = json_integer_value(v);
	int err = read_word(root, "hash", &m->hash);

	if (!err)
		err = read_word(root, "nonce", &m->nonce);
	if (!err)
		err = read_word(root, "signature", &m->signature);
	if (err || version < 1 || version > INT32_MAX)
		return EINVAL;
	m->version = (uint32_t)version;
	return 0;
}

static int read_agreement(const json_t *root, unsigned members, struct desk_msg *m)
{
	int err = 0;

	if (members & NEED_AT)
		err = read_at(root, m);
	if (!err && members & NEED_CHANGED)
		err = read_changed(root, m);
	if (!err && members & NEED_LANGUAGE)
		err = read_word(root, "language", &m->language);
	if (!err && members & NEED_CODE)
		err = read_word(root, "code", &m->code);
	if (!err && members & NEED_KEY)
		err = read_word(root, "key", &m->key);
	if (!err && members & NEED_SIGNATURE)
		err = read_signature(root, m);
	return err;
}

static int read_members(const json_t *root, unsigned members, struct desk_msg *m)
{
	int err = read_ref(root, m);

	if (!err && members & NEED_PROTOCOL)
		err = read_protocol(root, m);
	if (!err && members & NEED_ON)
		err = read_on(root, m);
	if (!err && members & MAY_HAND_OVER)
		err = read_hand_over(root, m);
	if (!err && members & NEED_MINUTES)
		err = read_minutes(root, m);
	if (!err && members & MAY_REMEMBER)
		err = read_memory(root, m);
	if (!err && members & NEED_SDP)
		err = read_sdp(root, m);
	if (!err && members & (NEED_CALL | MAY_CALL))
		err = read_id(root, "call", members & NEED_CALL, &m->call);
	if (!err && members & NEED_DIGIT)
		err = read_digit(root, m);
	if (!err && members & MAY_SHOW)
		err = read_shown(root, m);
	if (!err && members & NEED_TARGET)
		err = read_target(root, m);
	return err ? err : read_agreement(root, members, m);
}

static int read_message(const json_t *root, struct desk_msg *m)
{
	const char *t = json_string_value(json_object_get(root, "t"));

	for (size_t i = 0; t && i < sizeof table / sizeof *table; i++) {
		if (strcmp(t, table[i].t) != 0)
			continue;
		m->type = table[i].type;
		return read_members(root, table[i].members, m);
	}
	return EBADMSG;
}

int desk_parse(struct desk_parsed **out, struct desk_msg *m, const char *text, size_t n)
{
	struct desk_parsed *p = NULL;
	struct desk_msg msg = { 0 };
	json_error_t why;
	int err;

	if (n > DESK_MESSAGE_MAX)
		return EMSGSIZE;
	if (!is_shallow(text, n))
		return EBADMSG;
	p = calloc(1, sizeof *p);
	if (!p)
		return ENOMEM;
	p->root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	err = EBADMSG;
	if (!p->root && json_error_code(&why) == json_error_out_of_memory)
		err = ENOMEM;
	if (!json_is_object(p->root))
		goto out;
	err = read_message(p->root, &msg);
	if (err)
		goto out;
	*m = msg;
	*out = p;
	p = NULL; /* handed over */
out:
	desk_parsed_free(p);
	return err;
}

void desk_parsed_free(struct desk_parsed *p)
{
	if (!p)
		return;
	json_decref(p->root);
	free(p);
}
