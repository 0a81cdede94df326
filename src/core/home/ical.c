/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ical -- see ical.h. */
#include "core/home/ical.h"

#include <stdbool.h>
#include <string.h>

#include "core/home/week.h"

#define LINE_MAX 75 /* octets without the line break: RFC 5545, section 3.1 */
#define MINUTE_S 60
#define DAY_S    86400

/* How many octets the character has that begins here: UTF-8, RFC 3629. */
static size_t octets(const char *p)
{
	uint8_t c = (uint8_t)*p;
	size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

	return strnlen(p, n);
}

/* One piece that must not be torn; on the next line where this one is full. */
static void put_piece(struct wbuf *w, size_t *column, const char *p, size_t n)
{
	if (*column + n > LINE_MAX) {
		wbuf_str(w, "\r\n ");
		*column = 1;
	}
	wbuf_put(w, p, n);
	*column += n;
}

void ical_text(struct wbuf *w, const char *name, const char *value)
{
	size_t column = strlen(name) + 1;

	wbuf_str(w, name);
	wbuf_str(w, ":");
	for (const char *p = value; *p;) {
		size_t n = octets(p);

		/* section 3.3.11 */
		if (*p == '\n')
			put_piece(w, &column, "\\n", 2);
		else if (strchr("\\;,", *p))
			put_piece(w, &column, (const char[]){ '\\', *p }, 2);
		else if ((uint8_t)*p >= ' ')
			put_piece(w, &column, p, n);
		p += n;
	}
	wbuf_str(w, "\r\n");
}

static void put_time(struct wbuf *w, const char *name, int64_t at_s)
{
	struct week_date d = week_date_of((int32_t)(at_s / DAY_S));
	unsigned of_day = (unsigned)(at_s % DAY_S);

	wbuf_printf(w, "%s:%04d%02u%02uT%02u%02u%02uZ\r\n", name, d.year, d.month, d.day,
		of_day / 3600, of_day / MINUTE_S % 60, of_day % MINUTE_S);
}

void ical_begin(struct wbuf *w, const char *name)
{
	wbuf_str(w,
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Heimamt//week//EN\r\n"
		"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
	ical_text(w, "NAME", name); /* RFC 7986, section 5.1 */
	ical_text(w, "X-WR-CALNAME", name); /* for programs before it */
	/* RFC 7986, section 5.7: so often it is worth asking again */
	wbuf_str(w, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n");
}

void ical_put(struct wbuf *w, const struct ical_event *ev)
{
	wbuf_str(w, "BEGIN:VEVENT\r\n");
	ical_text(w, "UID", ev->uid);
	put_time(w, "DTSTAMP", ev->stamp_s);
	put_time(w, "DTSTART", ev->from_s);
	put_time(w, "DTEND", ev->to_s);
	ical_text(w, "SUMMARY", ev->summary);
	/* nobody outside needs to know of it, also where the calendar is shared */
	wbuf_str(w, "CLASS:PRIVATE\r\nEND:VEVENT\r\n");
}

void ical_end(struct wbuf *w)
{
	wbuf_str(w, "END:VCALENDAR\r\n");
}
