/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: the configuration.  The bytes are the file.  What is refused was complained about, and what is taken
 * keeps every limit that the rest of the program trusts.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "main/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	int fd; /* of the file, in memory */
	char path[32];
	size_t n_said; /* bytes of complaints about this file */
} file;

static ssize_t count_said(void *arg, const char *text, size_t n)
{
	file.n_said += n;
	return (ssize_t)n;
}

/* libconfuse and config_read() complain on stderr; the sanitizers write to the descriptor itself. */
static void open_file(void)
{
	const cookie_io_functions_t io = { .write = count_said };
	FILE *said = fopencookie(NULL, "w", io);

	file.fd = memfd_create("heimamt.conf", MFD_CLOEXEC);
	if (!said || file.fd < 0 ||
		text_format(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd))
		abort();
	setvbuf(said, NULL, _IONBF, 0);
	stderr = said;
}

static void write_file(const uint8_t *data, size_t size)
{
	if (!file.fd)
		open_file();
	if (ftruncate(file.fd, 0) || pwrite(file.fd, data, size, 0) != (ssize_t)size)
		abort();
	file.n_said = 0;
}

static bool is_address(const char *s)
{
	struct in_addr addr;

	return inet_pton(AF_INET, s, &addr) == 1;
}

static void check_text(const char *s, size_t cap)
{
	assert(memchr(s, 0, cap) && text_is_clean_utf8(s));
}

static void check_ports(const struct config *c)
{
	assert(is_address(c->web_addr) && is_address(c->sip_addr) &&
		is_address(c->relay_addr));
	assert(c->n_relays >= 1 && c->n_relays <= APP_RELAYS_MAX);
	assert(!c->relay_port || c->relay_port + c->n_relays - 1 <= 65535);
	/* the share of a relay, as it is given to its process */
	assert(c->rtp_low >= 1024 && (c->rtp_high - c->rtp_low + 1u) / c->n_relays >= 40);
	assert(c->n_peers <= TRUNK_PEERS_MAX);
	for (size_t i = 0; i < c->n_peers; i++) {
		const struct trunk_peer *p = &c->peers[i];

		assert(memchr(p->addr, 0, sizeof p->addr));
		assert(p->prefix_bits <= (strchr(p->addr, ':') ? 128 : 32));
	}
	assert(!*c->sip_user == !*c->sip_password);
	check_text(c->sip_user, sizeof c->sip_user);
	check_text(c->sip_password, sizeof c->sip_password);
	assert(!*c->outbound_user == !*c->outbound_password);
	assert(!*c->outbound_host || (*c->outbound_name && *c->caller_id));
}

static void check_queue(const struct config *c, size_t i)
{
	const struct config_queue *q = &c->queues[i];
	const struct acd_queue_config *acd = &q->app.acd;

	check_text(q->title, sizeof q->title);
	check_text(q->app.number, sizeof q->app.number);
	check_text(q->app.name, sizeof q->app.name);
	check_text(q->app.language, sizeof q->app.language);
	check_text(q->greeting, sizeof q->greeting);
	assert(*q->title && *q->app.number && *q->app.name);
	assert(acd->max_waiting >= 1 && acd->max_waiting <= APP_CALLS_MAX);
	assert(acd->offer_ms >= 3000 && acd->wrapup_ms >= 0 && acd->max_wait_ms > 0 &&
		acd->unstaffed_ms > 0 && acd->declined_ms > 0);
	assert(q->app.hours.n_spans <= HOURS_SPANS_MAX &&
		q->app.hours.n_closed <= HOURS_CLOSED_MAX);
	assert(q->app.announce_ms == 0 || q->app.announce_ms >= 10000);
	assert(acd->n_diversions <= ACD_DIVERSIONS_MAX);
	for (size_t k = 0; k < acd->n_diversions; k++) {
		const struct acd_diversion *d = &acd->diversions[k];

		assert(d->limit >= 0 && d->after_ms >= 0 &&
			(d->when != ACD_IF_CLOSED || d->after_ms == 0));
		assert(d->to != ACD_DIVERT_QUEUE ||
			(d->target < c->n_queues && d->target != i));
		assert(d->to != ACD_DIVERT_MESSAGE || *q->messages[d->target]);
		check_text(q->messages[k], sizeof q->messages[k]);
		assert(d->to != ACD_DIVERT_CALLBACK ||
			(config_calls_out(c) && *q->callback && *q->called_back));
	}
	for (size_t k = 0; k < i; k++)
		assert(strcmp(c->queues[k].app.number, q->app.number) &&
			strcmp(c->queues[k].title, q->title));
}

static void check_menu(const struct config *c, size_t i)
{
	const struct config_menu *m = &c->menus[i];
	const struct menu *menu = &m->app.menu;

	check_text(m->app.title, sizeof m->app.title);
	check_text(m->app.number, sizeof m->app.number);
	check_text(m->clip, sizeof m->clip);
	assert(*m->app.title && *m->app.number && *m->clip);
	assert(menu->n_keys >= 1 && menu->n_keys <= MENU_KEYS_MAX);
	assert(menu->tries >= 1 && menu->tries <= MENU_TRIES_MAX && menu->timeout_ms > 0);
	assert(menu->queue < c->n_queues);
	for (unsigned k = 0; k < menu->n_keys; k++)
		assert(menu->keys[k].key <= KEYPAD_HASH &&
			menu->keys[k].queue < c->n_queues);
	for (size_t k = 0; k < c->n_queues; k++)
		assert(strcmp(c->queues[k].app.number, m->app.number));
}

static void check_people(const struct config *c)
{
	assert(c->n_agents <=
		CONFIG_AGENTS_MAX); /* a house may have its people by CSV alone */
	for (size_t i = 0; i < c->n_agents; i++) {
		const struct config_agent *ag = &c->agents[i];

		check_text(ag->store.login, sizeof ag->store.login);
		check_text(ag->store.name, sizeof ag->store.name);
		assert(*ag->store.login && *ag->store.name);
		assert(ag->store.roles);
		assert(!(ag->store.roles & STORE_ROLE_AGENT) ||
			!acd_queues_are_none(&ag->queues));
		for (size_t q = c->n_queues; q < ACD_QUEUES_MAX; q++)
			assert(!acd_queues_have(&ag->queues, (uint32_t)q));
	}
}

static void check_config(const struct config *c)
{
	assert(c->node <= 1023 && c->session_s && c->caller_silent_ms > 0 &&
		c->desk_gone_ms > 0);
	check_ports(c);
	assert(c->n_queues >= 1 && c->n_queues <= ACD_QUEUES_MAX);
	assert(!c->caller_page || c->caller_page_queue < c->n_queues);
	for (size_t i = 0; i < c->n_queues; i++)
		check_queue(c, i);
	assert(c->n_menus <= APP_MENUS_MAX);
	for (size_t i = 0; i < c->n_menus; i++)
		check_menu(c, i);
	check_people(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config c; /* large */
	int err;

	write_file(data, size);
	err = config_read(&c, file.path);
	assert(err == 0 || (err == EINVAL && file.n_said) || err == ENOMEM);
	if (err)
		return 0;
	check_config(&c);
	config_close(&c);
	return 0;
}
