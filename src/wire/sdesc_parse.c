/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sdesc_parse -- SDP into struct sdesc; see sdesc.h.
 *
 * One pass over the lines.  What a line says about the session is collected in a media section of its
 * own, with which each m= line then begins: so inheritance is a copy.  What is broken in an m= or c=
 * line breaks the whole; a broken attribute counts as absent.  Owns nothing; any thread.
 */
#include "wire/sdesc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "wire/sdesc_inner.h"

/* token *("/" token) */
static bool is_proto(struct slice s)
{
	if (s.n == 0 || s.p[s.n - 1] == '/')
		return false;
	while (s.n)
		if (!sdesc_is_token(slice_cut(&s, '/')))
			return false;
	return true;
}

static bool is_host_name(struct slice s)
{
	bool has_letter = false;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i], lower = c | 0x20;

		if (lower >= 'a' && lower <= 'z')
			has_letter = true;
		else if ((c < '0' || c > '9') && c != '-' && c != '.')
			return false;
	}
	return has_letter;
}

/* c=IN IP4 192.0.2.1, with a multicast's /ttl allowed by the grammar (RFC 8866 section 5.7).  A host
 * name or a foreign network is valid and of no use here: the address stays empty. */
static int read_connection(struct sdesc_parse *s, struct slice v)
{
	struct slice net = sdesc_next_word(&v), type = sdesc_next_word(&v),
		     word = sdesc_next_word(&v);
	struct slice host = slice_cut(&word, '/');
	bool is_ip4 = slice_is(type, "IP4");
	char text[SDESC_ADDR_MAX];
	uint8_t ip[16];

	if (host.n == 0 || v.n)
		return EBADMSG;
	s->m->addr[0] = 0;
	if (!slice_is(net, "IN") || (!is_ip4 && !slice_is(type, "IP6")))
		return 0;
	if (!slice_copy(host, text, sizeof text) &&
		inet_pton(is_ip4 ? AF_INET : AF_INET6, text, ip) == 1) {
		memcpy(s->m->addr, text, sizeof text);
		return 0;
	}
	return is_host_name(host) ? 0 : EBADMSG;
}

static void add_codec(struct sdesc_media *m, struct slice format)
{
	uint64_t pt;

	if (!slice_u64(format, 127, &pt) || m->n_codecs == SDESC_CODECS_MAX)
		return;
	for (size_t i = 0; i < m->n_codecs; i++)
		if (m->codecs[i].pt == pt)
			return;
	m->codecs[m->n_codecs++] = sdesc_static_codec((uint8_t)pt);
}

static bool read_formats(struct sdesc_media *m, struct slice rest)
{
	m->formats = slice_trim(rest);
	for (struct slice f = m->formats; f.n;) {
		struct slice word = sdesc_next_word(&f);

		if (!sdesc_is_token(word))
			return false;
		if (m->is_audio)
			add_codec(m, word);
	}
	return m->formats.n > 0;
}

/* m=audio 49170[/2] RTP/AVP 0 8 (RFC 8866 section 5.14) */
static int read_media(struct sdesc_parse *s, struct slice v)
{
	struct slice kind = sdesc_next_word(&v), ports = sdesc_next_word(&v),
		     proto = sdesc_next_word(&v);
	struct slice port_text = slice_cut(&ports, '/');
	uint64_t port;

	if (s->d.n_media == SDESC_MEDIA_MAX)
		return EMSGSIZE;
	if (!sdesc_is_token(kind) || !slice_u64(port_text, 65535, &port) ||
		!is_proto(proto))
		return EBADMSG;
	s->m = &s->d.media[s->d.n_media++];
	*s->m = s->session;
	s->own_fingerprint = false;
	s->m->kind = kind;
	s->m->port = (uint16_t)port;
	s->m->proto = proto;
	s->m->is_audio = slice_is(kind, "audio");
	return read_formats(s->m, v) ? 0 : EBADMSG;
}

static int read_line(struct sdesc_parse *s, struct slice line)
{
	if (line.n < 2 || line.p[1] != '=')
		return 0; /* nothing that SDP knows */
	struct slice v = slice_from(line, 2);

	switch (line.p[0]) {
	case 'o':
		if (s->m == &s->session)
			s->d.origin = v;
		return 0;
	case 'm': return read_media(s, v);
	case 'c': return read_connection(s, v);
	case 'a': sdesc_read_attribute(s, v); return 0;
	default: return 0;
	}
}

/* A line without its CR or LF; false when it holds what no line may (RFC 8866 section 9). */
static bool next_line(struct slice *rest, struct slice *line)
{
	*line = slice_cut(rest, '\n');
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return !line->n ||
		(!memchr(line->p, 0, line->n) && !memchr(line->p, '\r', line->n));
}

/* "c=IN IP4 0.0.0.0" was the hold of RFC 2543 and is still sent (RFC 3264 section 8.4): nothing may
 * be sent there.  With ICE the same address only says that candidates come later. */
static void apply_old_hold(struct sdesc_media *m)
{
	static const enum sdesc_dir held[] = {
		[SDESC_SENDRECV] = SDESC_SENDONLY,
		[SDESC_SENDONLY] = SDESC_SENDONLY,
		[SDESC_RECVONLY] = SDESC_INACTIVE,
		[SDESC_INACTIVE] = SDESC_INACTIVE,
	};

	if (!m->ice_ufrag.n && (!strcmp(m->addr, "0.0.0.0") || !strcmp(m->addr, "::")))
		m->dir = held[m->dir];
}

static void finish(struct sdesc *d)
{
	d->audio = -1;
	for (size_t i = d->n_media; i-- > 0;) {
		apply_old_hold(&d->media[i]);
		if (d->media[i].is_audio && d->media[i].port)
			d->audio = (int)i;
	}
}

static int read_lines(struct sdesc_parse *s, struct slice rest)
{
	struct slice line;
	int err = 0;

	if (!next_line(&rest, &line) || !slice_is(slice_trim(line), "v=0"))
		return EBADMSG;
	s->m = &s->session;
	while (rest.n && !err)
		err = next_line(&rest, &line) ? read_line(s, line) : EBADMSG;
	return err;
}

int sdesc_parse(struct sdesc *out, const char *text, size_t n)
{
	struct sdesc_parse s = { 0 };
	int err = n > SDESC_TEXT_MAX ? EMSGSIZE : read_lines(&s, slice_of(text, n));

	if (!err) {
		finish(&s.d);
		*out = s.d;
	}
	explicit_bzero(&s, sizeof s); /* keys of a=crypto lines */
	return err;
}
