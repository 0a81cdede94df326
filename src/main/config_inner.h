/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config's own parts, shared by its files only. */
#ifndef MAIN_CONFIG_INNER_H
#define MAIN_CONFIG_INNER_H

#include <confuse.h>
#include <stdbool.h>

#include "main/config.h"
#include "main/config_report.h"

/* What a whole reading needs: where we are, and whether anything was wrong. */
struct config_reader {
	const char *path;
	bool is_bad;
	struct config_report *report; /* where complaints go */
};

/* config.c: every option that there is, the sections in it; config_list.c prints it */
extern cfg_opt_t config_opts[];

/* "FILE:LINE: SECTION "TITLE": OPTION must be WANT." */
void config_complain(
	struct config_reader *r, cfg_t *sec, const char *option, const char *want);
/* In [low, high]; else a complaint, and low. */
long config_number(
	struct config_reader *r, cfg_t *sec, const char *option, long low, long high);

/* config_line.c: where the option stands, else its section; 0: neither. section NULL: of the file itself. */
unsigned config_line(
	const char *path, const char *section, const char *title, const char *option);

/* Where the options of a file stand, in its order; names as in struct config_entry. */
struct config_place {
	char section[CONFIG_OPTION_MAX], title[CONFIG_TEXT_MAX],
		option[CONFIG_OPTION_MAX];
	unsigned line;
};
struct config_places {
	struct config_place *v; /* owned */
	size_t n;
};
int config_places(struct config_places *out, const char *path);

/* config_entries.c: all options that were read, into the report. ENOMEM, or why the file cannot be read. */
int config_entries(struct config_report *r, cfg_t *cfg);
/* What stands before the options of a section within: "divert 2: ", "site "Zug": ". */
void config_prefix(char out[CONFIG_OPTION_MAX], const char *name, const char *title,
	unsigned number);

/* config_web.c: who reaches the pages, and how */
void config_read_access(struct config_reader *r, cfg_t *web, struct config *out);

/* config_home.c */
extern cfg_opt_t config_agreement_opts[], config_office_opts[], config_staff_opts[];
void config_read_home(struct config_reader *r, cfg_t *cfg, struct config *out);

/* Texts of at most cap - 1 bytes, clean; else a complaint. */
void config_string(struct config_reader *r, cfg_t *sec, const char *option,
	bool is_needed, char *dst, size_t cap);
/* By its title. ENOENT. */
int config_find_queue(const struct config *c, const char *title, uint32_t *index);

/* config_hours.c: when a queue is open, and by which clock */
void config_read_hours(struct config_reader *r, cfg_t *sec, struct hours *out);
void config_read_timezone(struct config_reader *r, cfg_t *cfg, struct config *c);

/* What stands between a section's name and its brace. */
void config_title(struct config_reader *r, cfg_t *sec, char *dst, size_t cap);

/* config_divert.c: what becomes of who cannot be served, and what who waits is told */
void config_read_announce(
	struct config_reader *r, cfg_t *sec, struct app_queue_config *q);
/* After all queues: a rule may name one that stands further down. */
void config_read_diversions(struct config_reader *r, cfg_t *cfg, struct config *c);

/* config_callback.c: who is called back, and by whom */
void config_read_outbound(struct config_reader *r, cfg_t *sip, struct config *out);
void config_read_callback(struct config_reader *r, cfg_t *sec, struct config_queue *q);
/* After the diversions. */
void config_check_callback(struct config_reader *r, cfg_t *cfg, struct config *c);

/* config_trunk.c: the carriers, and what is spoken to them; after the outbound */
extern cfg_opt_t config_trunk_opts[];
void config_read_trunks(struct config_reader *r, cfg_t *cfg, struct config *c);
void config_read_transports(struct config_reader *r, cfg_t *sip, struct config *c);
/* A name of RFC 1123, or an IPv4 address; what else there is of it is the resolver's to say. */
bool config_is_host(const char *s);
/* NAME, NAME:PORT, 192.0.2.7:PORT, 2001:db8::7, [2001:db8::7]:PORT; port 0: none was given. host: without brackets. */
bool config_place(const char *text, char *host, size_t cap, uint16_t *port);
/* What sip.address cannot reach: the family is one. */
bool config_is_foreign(const struct config *c, const char *host);
bool config_is_number(const char *s); /* as trunk_dial() takes it */

/* config_caller.c: the caller page; after the queues */
void config_read_caller_page(struct config_reader *r, cfg_t *web, struct config *c);

/* config_metrics.c: the listener of whoever watches the server */
extern cfg_opt_t config_metrics_opts[];
void config_read_metrics(struct config_reader *r, cfg_t *cfg, struct config *out);

/* config_sign_on.c: the provider of identities */
extern cfg_opt_t config_sign_on_opts[];
void config_read_sign_on(struct config_reader *r, cfg_t *cfg, struct config *out);

/* config_turn.c: the TURN server; after the relays */
extern cfg_opt_t config_turn_opts[];
void config_read_turn(struct config_reader *r, cfg_t *cfg, struct config *out);

/* config_countries.c: where what the file names may lie */
extern cfg_opt_t config_countries_opts[];
void config_read_countries(struct config_reader *r, cfg_t *cfg, struct config *out);

/* config_menu.c: a queue is chosen by a key; after the queues */
extern cfg_opt_t config_menu_opts[];
void config_read_menus(struct config_reader *r, cfg_t *cfg, struct config *c);
/* "1=post": what stands before the sign, and which queue of the file after it. False: neither. */
bool config_pair(
	const struct config *c, const char *text, char *key, size_t cap, uint32_t *queue);

/* config_week.c: home days; after queues and agents, whom it names */
extern cfg_opt_t config_week_opts[];
void config_read_week(struct config_reader *r, cfg_t *cfg, struct config *c);

/* config_routing.c: what of a queue and of an agent decides who answers whom */
void config_read_demands(struct config_reader *r, cfg_t *sec, struct config *c,
	struct acd_queue_config *q);
void config_read_clearance(
	struct config_reader *r, cfg_t *sec, const char *option, uint8_t *out);
void config_read_profile(
	struct config_reader *r, cfg_t *sec, struct config *c, struct config_agent *ag);
/* After all queues and agents: is there somebody for each queue that agents are named for? */
void config_check_demands(struct config_reader *r, cfg_t *cfg, const struct config *c);

#endif
