/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* log -- see log.h.  The name, the level and where lines go are set once before the threads start; after that they are
 * read only, which is why they may be globals. */
#include "base/log.h"
#include "base/ids.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX     256 /* all but the message itself */

static const char *log_name = "heimamt";
static enum log_level log_least = LOG_LEVEL_INFO;
static bool log_is_journal; /* standard error is */
static int log_socket = -1; /* of the journal */

/* syslog(3) */
static const int priorities[] = { [LOG_LEVEL_DEBUG] = 7,
	[LOG_LEVEL_INFO] = 6,
	[LOG_LEVEL_NOTICE] = 5,
	[LOG_LEVEL_WARN] = 4,
	[LOG_LEVEL_ERROR] = 3 };

/* JOURNAL_STREAM is "DEVICE:INODE" of what systemd gave us; a terminal or a pipe since then is another. */
static bool is_stream(int fd)
{
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;
	char *end;

	if (!text || fstat(fd, &st))
		return false;
	dev = strtoull(text, &end, 10);
	if (*end != ':')
		return false;
	ino = strtoull(end + 1, &end, 10);
	return !*end && dev == st.st_dev && ino == st.st_ino;
}

void log_init(const char *name, enum log_level least)
{
	log_name = name;
	log_least = least;
	log_is_journal = is_stream(STDERR_FILENO);
}

bool log_to_journal(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *at = path ? path : JOURNAL_SOCKET;
	int fd;

	if ((!path && !log_is_journal) || strlen(at) >= sizeof to.sun_path)
		return false;
	memcpy(to.sun_path, at, strlen(at) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&to, sizeof to)) {
		close(fd);
		return false;
	}
	if (log_socket >= 0)
		close(log_socket);
	log_socket = fd;
	return true;
}

/* "FIELD=ID\n" where the message begins with the word and an id; else "". */
static void field_of(
	const char *msg, const char *word, const char *field, char *out, size_t cap)
{
	size_t n = strlen(word), id;

	*out = 0;
	if (strncmp(msg, word, n) != 0)
		return;
	id = strspn(msg + n, "0123456789abcdefghijklmnopqrstuvwxyz");
	if (id == IDS_TEXT_SIZE - 1 &&
		(msg[n + id] == ':' || msg[n + id] == ' ' || !msg[n + id]))
		(void)snprintf(out, cap, "%s=%.*s\n", field, (int)id, msg + n);
}

/* systemd.journal-fields(7), and the journal's own protocol: FIELD=VALUE, each ended by a line feed, of which there is none in
 * ours. A full socket is not waited for. */
static bool send_fields(enum log_level level, const char *msg)
{
	char text[LOG_LINE_MAX + FIELDS_MAX], call[64], leg[64];
	int n;

	field_of(msg, "call ", "HEIMAMT_CALL", call, sizeof call);
	field_of(msg, "leg ", "HEIMAMT_LEG", leg, sizeof leg);
	n = snprintf(text, sizeof text,
		"PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\n%s%sMESSAGE=%s\n", priorities[level],
		log_name, call, leg, msg);
	return n > 0 && (size_t)n < sizeof text &&
		send(log_socket, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n;
}

static void write_line(enum log_level level, const char *msg)
{
	static const char *const words[] = { "debug", "info", "notice", "warn", "error" };
	char line[LOG_LINE_MAX + FIELDS_MAX];
	struct timespec ts;
	struct tm tm;
	int n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	if (log_is_journal)
		n = snprintf(line, sizeof line, "<%d>%s\n", priorities[level], msg);
	else
		n = snprintf(line, sizeof line,
			"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s: %s\n",
			tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000000, log_name,
			words[level], msg);
	if (n > 0 && (size_t)n < sizeof line && write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nowhere left to say so */
}

static void log_line(enum log_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void log_line(enum log_level level, const char *fmt, va_list ap)
{
	char msg[LOG_LINE_MAX];

	if (level < log_least || vsnprintf(msg, sizeof msg, fmt, ap) < 0)
		return;
	/* what came from outside must not forge a second line, or a field */
	for (char *p = msg; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = '?';
	if (log_socket < 0 || !send_fields(level, msg))
		write_line(level, msg);
}

#define LOG_FUNCTION(name, level)         \
	void name(const char *fmt, ...)   \
	{                                 \
		va_list ap;               \
                                          \
		va_start(ap, fmt);        \
		log_line(level, fmt, ap); \
		va_end(ap);               \
	}

LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_notice, LOG_LEVEL_NOTICE)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
