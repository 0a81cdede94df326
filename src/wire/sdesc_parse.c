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

struct parse {
	struct sdesc d;
	struct sdesc_media session; /* defaults from above the first m= */
	struct sdesc_media *m; /* the section being read; &session at first */
	bool own_fingerprint; /* this section has a fingerprint line of its own */
};

/* RFC 8866 section 9, token-char */
static bool is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"(),/:;<=>?@[\\]", s.p[i]))
			return false;
	return s.n > 0;
}

/* token *("/" token) */
static bool is_proto(struct slice s)
{
	if (s.n == 0 || s.p[s.n - 1] == '/')
		return false;
	while (s.n)
		if (!is_token(slice_cut(&s, '/')))
			return false;
	return true;
}

/* Lenient about several blanks, as telephones are not always strict about one. */
static struct slice next_word(struct slice *s)
{
	*s = slice_trim(*s);
	return slice_cut(s, ' ');
}

static bool starts_with(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	*s = slice_from(*s, n);
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
static int read_connection(struct parse *s, struct slice v)
{
	struct slice net = next_word(&v), type = next_word(&v), word = next_word(&v);
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
		struct slice word = next_word(&f);

		if (!is_token(word))
			return false;
		if (m->is_audio)
			add_codec(m, word);
	}
	return m->formats.n > 0;
}

/* m=audio 49170[/2] RTP/AVP 0 8 (RFC 8866 section 5.14) */
static int read_media(struct parse *s, struct slice v)
{
	struct slice kind = next_word(&v), ports = next_word(&v), proto = next_word(&v);
	struct slice port_text = slice_cut(&ports, '/');
	uint64_t port;

	if (s->d.n_media == SDESC_MEDIA_MAX)
		return EMSGSIZE;
	if (!is_token(kind) || !slice_u64(port_text, 65535, &port) || !is_proto(proto))
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

/* rtpmap:111 opus/48000/2 (RFC 8866 section 6.6) */
static void read_rtpmap(struct parse *s, struct slice v)
{
	struct slice pt_text = next_word(&v), map = slice_trim(v);
	struct slice name = slice_cut(&map, '/'), rate_text = slice_cut(&map, '/');
	uint64_t pt, rate, channels = 1;

	if (!slice_u64(pt_text, 127, &pt) || !slice_u64(rate_text, UINT32_MAX, &rate))
		return;
	if (map.n && !slice_u64(map, UINT8_MAX, &channels))
		return;
	for (size_t i = 0; i < s->m->n_codecs; i++) {
		struct sdesc_codec *c = &s->m->codecs[i];

		if (c->pt != pt)
			continue;
		c->id = sdesc_codec_named(name);
		c->rate = (uint32_t)rate;
		c->channels = (uint8_t)channels;
	}
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 pairs with colons between (RFC 8122 section 5) */
static bool read_sha256(uint8_t out[32], struct slice hex)
{
	if (hex.n != 32 * 3 - 1)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = hex_digit(hex.p[3 * i]), low = hex_digit(hex.p[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 31 && hex.p[3 * i + 2] != ':'))
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* The first sha-256 of a section counts; a section's own lines replace the session's. */
static void read_fingerprint(struct parse *s, struct slice v)
{
	struct slice hash = next_word(&v);
	uint8_t sum[32];

	if (!s->own_fingerprint)
		s->m->has_fingerprint = false;
	s->own_fingerprint = true;
	if (s->m->has_fingerprint || !slice_is_nocase(hash, "sha-256") ||
		!read_sha256(sum, slice_trim(v)))
		return;
	memcpy(s->m->fingerprint, sum, sizeof sum);
	s->m->has_fingerprint = true;
}

/* ice-char is ALPHA, DIGIT, "+" and "/" (RFC 8839 section 5.4). */
static void read_ice(struct slice *out, struct slice v, size_t min)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i], lower = c | 0x20;

		if ((lower < 'a' || lower > 'z') && (c < '/' || c > '9') && c != '+')
			return;
	}
	if (v.n >= min && v.n <= SDESC_ICE_MAX)
		*out = v;
}

static void read_setup(struct parse *s, struct slice v)
{
	if (slice_is(v, "actpass"))
		s->m->setup = SDESC_SETUP_ACTPASS;
	else if (slice_is(v, "active"))
		s->m->setup = SDESC_SETUP_ACTIVE;
	else if (slice_is(v, "passive"))
		s->m->setup = SDESC_SETUP_PASSIVE;
	else
		s->m->setup = SDESC_SETUP_NONE;
}

static void read_u16(uint16_t *out, struct slice v)
{
	uint64_t x;

	if (slice_u64(next_word(&v), 65535, &x))
		*out = (uint16_t)x;
}

/* Attributes that are a word alone. */
static bool read_flag(struct parse *s, struct slice v)
{
	static const char *const dirs[] = {
		[SDESC_SENDRECV] = "sendrecv",
		[SDESC_SENDONLY] = "sendonly",
		[SDESC_RECVONLY] = "recvonly",
		[SDESC_INACTIVE] = "inactive",
	};

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (slice_is(v, dirs[i])) {
			s->m->dir = (enum sdesc_dir)i;
			return true;
		}
	if (slice_is(v, "rtcp-mux"))
		s->m->rtcp_mux = true;
	else if (slice_is(v, "ice-lite"))
		s->d.ice_lite = true;
	else
		return false;
	return true;
}

static void read_attribute(struct parse *s, struct slice v)
{
	v = slice_trim(v);
	if (read_flag(s, v))
		return;
	if (starts_with(&v, "rtpmap:"))
		read_rtpmap(s, v);
	else if (starts_with(&v, "fingerprint:"))
		read_fingerprint(s, v);
	else if (starts_with(&v, "ice-ufrag:"))
		read_ice(&s->m->ice_ufrag, v, SDESC_UFRAG_MIN);
	else if (starts_with(&v, "ice-pwd:"))
		read_ice(&s->m->ice_pwd, v, SDESC_PWD_MIN);
	else if (starts_with(&v, "setup:"))
		read_setup(s, v);
	else if (starts_with(&v, "mid:") && is_token(v))
		s->m->mid = v;
	else if (starts_with(&v, "rtcp:"))
		read_u16(&s->m->rtcp_port, v);
	else if (starts_with(&v, "ptime:"))
		read_u16(&s->m->ptime, v);
	else if (starts_with(&v, "group:"))
		s->d.bundle |= slice_is(next_word(&v), "BUNDLE");
}

static int read_line(struct parse *s, struct slice line)
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
	case 'a': read_attribute(s, v); return 0;
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

int sdesc_parse(struct sdesc *out, const char *text, size_t n)
{
	struct parse s = { 0 };
	struct slice rest = slice_of(text, n), line;

	if (n > SDESC_TEXT_MAX)
		return EMSGSIZE;
	if (!next_line(&rest, &line) || !slice_is(slice_trim(line), "v=0"))
		return EBADMSG;
	s.m = &s.session;
	while (rest.n) {
		int err = next_line(&rest, &line) ? read_line(&s, line) : EBADMSG;

		if (err)
			return err;
	}
	finish(&s.d);
	*out = s.d;
	return 0;
}
