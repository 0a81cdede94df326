/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dns -- see dns.h.  Owns nothing; any thread. */
#include "wire/dns.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"
#include "base/text.h"

/* RFC 1035 section 4.1 */
#define HEADER       12
#define LABEL_MAX    63
#define POINTER      0xc0
#define CLASS_IN     1
#define TYPE_CNAME   5
#define TYPE_OPT     41 /* RFC 6891 section 6.1.1 */
#define FLAG_ANSWER  0x8000
#define FLAG_CUT     0x0200
#define FLAG_RECURSE 0x0100
#define OPCODE       0x7800
#define CODE         0x000f
#define RECORD_FIXED 10 /* type, class, ttl, length */

struct reader {
	const uint8_t *p;
	size_t n, at;
};

static bool put_name(struct wbuf *w, const char *name)
{
	struct slice rest = slice_str(name);
	if (!rest.n || rest.n >= DNSMSG_NAME)
		return false;
	while (rest.n) {
		struct slice label = slice_cut(&rest, '.');
		if (!label.n || label.n > LABEL_MAX)
			return false;
		wbuf_u8(w, (uint8_t)label.n);
		wbuf_slice(w, label);
	}
	wbuf_u8(w, 0);
	return true;
}

int dnsmsg_ask(uint8_t *out, size_t cap, size_t *n, uint16_t id, const char *name,
	enum dnsmsg_type type)
{
	struct wbuf w = wbuf_of(out, cap);
	wbuf_be16(&w, id);
	wbuf_be16(&w, FLAG_RECURSE);
	wbuf_be16(&w, 1); /* questions */
	wbuf_be32(&w, 0);
	wbuf_be16(&w, 1); /* OPT, among the additional ones */
	if (!put_name(&w, name))
		return EINVAL;
	wbuf_be16(&w, (uint16_t)type);
	wbuf_be16(&w, CLASS_IN);
	wbuf_u8(&w, 0); /* the root */
	wbuf_be16(&w, TYPE_OPT);
	wbuf_be16(&w, DNSMSG_MAX);
	wbuf_be32(&w, 0);
	wbuf_be16(&w, 0);
	if (w.full)
		return ENOSPC;
	*n = w.n;
	return 0;
}

/* A label that can stand in a text: whatever else a name may hold is no carrier's. */
static bool put_label(char out[DNSMSG_NAME], size_t *len, const uint8_t *p, size_t n)
{
	if (*len + (*len > 0) + n >= DNSMSG_NAME)
		return false;
	if (*len)
		out[(*len)++] = '.';
	for (size_t i = 0; i < n; i++) {
		if (p[i] <= ' ' || p[i] >= 0x7f || p[i] == '.')
			return false;
		out[(*len)++] = (char)p[i];
	}
	return true;
}

/* Each pointer leads to before where it stands (section 4.1.4), so there is an end. */
static bool read_name(struct reader *r, char out[DNSMSG_NAME])
{
	size_t at = r->at, before = r->at, len = 0;
	bool jumped = false;
	for (;;) {
		if (at >= r->n)
			return false;
		uint8_t c = r->p[at];
		if ((c & POINTER) == POINTER) {
			if (at + 2 > r->n)
				return false;
			size_t to = (size_t)(be16_get(r->p + at) & 0x3fff);
			if (to >= before)
				return false;
			if (!jumped)
				r->at = at + 2;
			jumped = true;
			at = before = to;
			continue;
		}
		if (c > LABEL_MAX || at + 1 + c > r->n)
			return false;
		at++;
		if (!c)
			break;
		if (!put_label(out, &len, r->p + at, c))
			return false;
		at += c;
	}
	if (!jumped)
		r->at = at;
	out[len] = 0;
	return true;
}

static bool read_srv(struct dnsmsg_record *rec, const struct reader *r, size_t n)
{
	struct reader in = { .p = r->p, .n = r->at + n, .at = r->at + 6 };
	if (n < 7)
		return false;
	rec->priority = be16_get(r->p + r->at);
	rec->weight = be16_get(r->p + r->at + 2);
	rec->port = be16_get(r->p + r->at + 4);
	return read_name(&in, rec->target) && in.at == in.n;
}

static bool read_data(struct dnsmsg_record *rec, const struct reader *r, size_t n,
	enum dnsmsg_type type)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *p = r->p + r->at;
	switch (type) {
	case DNSMSG_A:
		memcpy(rec->addr, mapped, sizeof mapped);
		if (n == 4)
			memcpy(rec->addr + sizeof mapped, p, 4);
		return n == 4;
	case DNSMSG_AAAA:
		if (n == 16)
			memcpy(rec->addr, p, 16);
		return n == 16;
	case DNSMSG_SRV: return read_srv(rec, r, n);
	}
	return false;
}

/* want: whose records count; an alias moves it on. */
static bool read_record(struct dnsmsg *m, struct reader *r, enum dnsmsg_type type,
	char want[DNSMSG_NAME], unsigned *aliases)
{
	char owner[DNSMSG_NAME];
	struct dnsmsg_record rec = { 0 };
	if (!read_name(r, owner) || r->n - r->at < RECORD_FIXED)
		return false;
	unsigned kind = be16_get(r->p + r->at), class = be16_get(r->p + r->at + 2);
	rec.ttl_s = be32_get(r->p + r->at + 4);
	size_t n = be16_get(r->p + r->at + 8);
	r->at += RECORD_FIXED;
	if (n > r->n - r->at)
		return false;
	bool counts = class == CLASS_IN && strcasecmp(owner, want) == 0;
	if (counts && kind == TYPE_CNAME) {
		struct reader in = { .p = r->p, .n = r->at + n, .at = r->at };
		if (++*aliases > DNSMSG_ALIASES || !read_name(&in, want))
			return false;
	} else if (counts && kind == (unsigned)type) {
		if (!read_data(&rec, r, n, type))
			return false;
		if (m->n < DNSMSG_RECORDS)
			m->record[m->n++] = rec;
	}
	r->at += n;
	return true;
}

static bool is_our_question(
	struct reader *r, const char *name, enum dnsmsg_type type, unsigned n)
{
	char asked[DNSMSG_NAME];
	if (n != 1 || !read_name(r, asked) || r->n - r->at < 4)
		return false;
	bool same = strcasecmp(asked, name) == 0 &&
		be16_get(r->p + r->at) == (uint16_t)type &&
		be16_get(r->p + r->at + 2) == CLASS_IN;
	r->at += 4;
	return same;
}

int dnsmsg_read(struct dnsmsg *out, const uint8_t *p, size_t n, uint16_t id,
	const char *name, enum dnsmsg_type type)
{
	struct dnsmsg m = { 0 };
	struct reader r = { .p = p, .n = n, .at = HEADER };
	char want[DNSMSG_NAME];
	unsigned aliases = 0;
	if (n < HEADER || be16_get(p) != id || text_copy(want, sizeof want, name) != 0)
		return EPROTO;
	unsigned flags = be16_get(p + 2), code = flags & CODE;
	if (!(flags & FLAG_ANSWER) || (flags & OPCODE) ||
		!is_our_question(&r, name, type, be16_get(p + 4)))
		return EPROTO;
	m.is_cut = flags & FLAG_CUT;
	m.code = code == DNSMSG_OK || code == DNSMSG_NO_NAME ? (enum dnsmsg_code)code
							     : DNSMSG_FAILED;
	for (unsigned left = be16_get(p + 6); left; left--) {
		if (read_record(&m, &r, type, want, &aliases))
			continue;
		if (m.is_cut) /* what came before it is whole */
			break;
		return EPROTO;
	}
	*out = m;
	return 0;
}
