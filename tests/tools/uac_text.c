/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* uac_text -- see uac_text.h. */
#include "tools/uac_text.h"

#include <string.h>

static struct slice next_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

struct slice uac_header(const struct uac_msg *m, const char *name, unsigned int n)
{
	struct slice rest = m->head;

	while (rest.n) {
		struct slice value = next_line(&rest);

		if (slice_is_nocase(slice_trim(slice_cut(&value, ':')), name) && n-- == 0)
			return slice_trim(value);
	}
	return slice_of(NULL, 0);
}

/* "SIP/2.0 200 OK" or "BYE sip:... SIP/2.0" */
static void read_start(struct uac_msg *m, struct slice line)
{
	struct slice first = slice_cut(&line, ' ');
	uint64_t status = 0;

	if (!slice_is(first, "SIP/2.0")) {
		m->method = first;
		return;
	}
	(void)slice_u64(slice_cut(&line, ' '), 699, &status);
	m->status = (unsigned int)status;
}

bool uac_read(struct uac_msg *m, const char *p, size_t n)
{
	const char *end = memmem(p, n, "\r\n\r\n", 4);
	struct slice start, cseq;
	uint64_t number;

	if (!end)
		return false;
	*m = (struct uac_msg){ .head = slice_of(p, (size_t)(end - p)),
		.body = slice_of(end + 4, n - (size_t)(end + 4 - p)) };
	start = next_line(&m->head);
	read_start(m, start);
	cseq = uac_header(m, "CSeq", 0);
	if (!slice_u64(slice_cut(&cseq, ' '), UINT32_MAX, &number))
		return false;
	m->cseq = (uint32_t)number;
	if (m->status)
		m->method = slice_trim(cseq);
	return m->method.n > 0;
}

struct slice uac_tag(struct slice header)
{
	const uint8_t *at = memmem(header.p, header.n, ";tag=", 5);
	struct slice rest;

	if (!at)
		return slice_of(NULL, 0);
	rest = slice_from(header, (size_t)(at - header.p) + 5);
	return slice_cut(&rest, ';');
}

struct slice uac_uri(struct slice header)
{
	struct slice rest = header;

	if (!header.n || !memchr(header.p, '<', header.n))
		return slice_cut(&rest, ';');
	(void)slice_cut(&rest, '<');
	return slice_cut(&rest, '>');
}

static void copy(struct wbuf *w, const struct uac_msg *m, const char *name)
{
	struct slice v;

	for (unsigned int i = 0; (v = uac_header(m, name, i)).n; i++) {
		wbuf_printf(w, "%s: ", name);
		wbuf_slice(w, v);
		wbuf_str(w, "\r\n");
	}
}

void uac_copy(struct wbuf *w, const struct uac_msg *request, const char *to_tag)
{
	struct slice to = uac_header(request, "To", 0);

	copy(w, request, "Via");
	copy(w, request, "From");
	wbuf_str(w, "To: ");
	wbuf_slice(w, to);
	if (*to_tag && !uac_tag(to).n)
		wbuf_printf(w, ";tag=%s", to_tag);
	wbuf_str(w, "\r\n");
	copy(w, request, "Call-ID");
	copy(w, request, "CSeq");
}
