/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* redirect -- see redirect.h. */
#include "web/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define FOLDER_MAX 512 /* with NUL */

struct redirect {
	struct probe *probe; /* owned */
	struct request_house house;
	char folder[FOLDER_MAX];
};

/* Of this folder itself, no link, no pipe that nobody writes to. -1: there is none. */
static int open_challenge(const char *folder, const char *token)
{
	char path[FOLDER_MAX + REDIRECT_TOKEN_MAX + 1];
	struct stat st;
	int fd;

	if (text_format(path, sizeof path, "%s/%s", folder, token))
		return -1;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 &&
		(fstat(fd, &st) || !S_ISREG(st.st_mode) ||
			st.st_size >= REDIRECT_CHALLENGE_MAX)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void challenge(const char *folder, const char *token, struct probe_answer *out)
{
	int fd = open_challenge(folder, token);
	ssize_t n = -1;

	out->status = fd < 0 ? 404 : 503;
	if (fd < 0)
		return;
	out->body = malloc(REDIRECT_CHALLENGE_MAX);
	if (out->body)
		n = read(fd, out->body, REDIRECT_CHALLENGE_MAX);
	close(fd);
	if (n < 0)
		return;
	out->n = (size_t)n;
	out->status = 200;
}

static void lead(const struct redirect *r, const struct redirect_request *rq,
	struct probe_answer *out)
{
	static const char field[] = "Location: ";
	const size_t n = sizeof field - 1;

	memcpy(out->field, field, sizeof field);
	out->status = redirect_location(
			      &r->house, rq, out->field + n, sizeof out->field - n)
		? 414
		: 308;
	if (out->status != 308)
		*out->field = '\0';
}

static void on_ask(void *arg, const char *bytes, size_t n, struct probe_answer *out)
{
	const struct redirect *r = arg;
	struct redirect_request rq;
	const char *token;

	out->status = redirect_parse(bytes, n, &rq);
	if (out->status == 405)
		(void)text_copy(out->field, sizeof out->field, "Allow: GET, HEAD");
	if (out->status != 200)
		return;
	out->is_head = rq.is_head;
	token = *r->folder ? redirect_token(rq.target) : NULL;
	if (token)
		challenge(r->folder, token, out);
	else
		lead(r, &rq, out);
}

int redirect_new(struct redirect **out, uv_loop_t *loop, const char *addr, uint16_t port,
	const struct request_house *house, const char *folder)
{
	struct redirect *r = calloc(1, sizeof *r);
	const struct probe_handler h = { .arg = r,
		.ask = on_ask,
		.n_conns = REDIRECT_CONNS_MAX,
		.n_here = REDIRECT_HERE_MAX };
	int err = r ? 0 : ENOMEM;

	if (!err && (house->n == 0 || text_copy(r->folder, sizeof r->folder, folder)))
		err = EINVAL;
	if (!err) {
		r->house = *house;
		err = probe_new(&r->probe, loop, addr, port, &h);
	}
	if (err)
		free(r);
	else
		*out = r;
	return err;
}

uint16_t redirect_port(const struct redirect *r)
{
	return probe_port(r->probe);
}

/* No request is read any more when the probe is ended. */
void redirect_free(struct redirect *r)
{
	if (!r)
		return;
	probe_free(r->probe);
	free(r);
}
