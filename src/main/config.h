/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config -- the configuration file (libconfuse), read and checked as a whole.
 *
 * Every complaint names the file, the line where there is one, what is wrong and what would be right.
 * The documented example is dist/demo/heimamt.conf.  Memory: struct config lives in the caller;
 * config_close() releases what it holds.  Main thread only.
 */
#ifndef MAIN_CONFIG_H
#define MAIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "app/app.h"
#include "core/country/country.h"
#include "oidc/oidc.h"
#include "sip/trunk.h"
#include "store/store.h"
#include "web/addr.h"

#define CONFIG_TEXT_MAX   128
#define CONFIG_PATH_MAX   256
#define OUTBOUND_TEXT_MAX 96
#define CONFIG_AGENTS_MAX APP_AGENTS_MAX
#define CONFIG_FRAMES_MAX 1024
#define CONFIG_SKILL_MAX  32
#define CONFIG_NAME_MAX   64
#define CONFIG_ZONES      "/usr/share/zoneinfo" /* where the C library looks, too */

struct config_queue {
	char title[APP_NAME_MAX];
	struct app_queue_config app; /* id and clips are filled by serve */
	/* clip names, "" for none */
	char greeting[APP_NAME_MAX], music[APP_NAME_MAX], apology[APP_NAME_MAX],
		transfer[APP_NAME_MAX], hold[APP_NAME_MAX], farewell[APP_NAME_MAX],
		messages[ACD_DIVERSIONS_MAX][APP_NAME_MAX], callback[APP_NAME_MAX],
		called_back[APP_NAME_MAX];
};

struct config_agent {
	struct store_agent store; /* id is filled by serve */
	struct acd_queues queues;
	struct acd_skills skills;
	uint8_t clearance; /* at most; 0 general, 1 confidential, 2 strict: core/home/shift.h */
};

/* A number behind which callers choose their queue by a key. */
struct config_menu {
	struct app_menu_config app; /* its clip is filled by clips_load() */
	char clip[APP_NAME_MAX];
};

/* A carrier. */
struct config_trunk {
	char name[TRUNK_NAME_MAX];
	char server[OUTBOUND_TEXT_MAX]; /* a name, or an address */
	char domain[OUTBOUND_TEXT_MAX]; /* of URIs; "": the server */
	bool is_address;
	uint16_t port; /* 0: none was given */
	enum trunk_transport transport;
	enum trunk_identity identity;
	char caller[TRUNK_NUMBER_MAX + 2];
	char user[CONFIG_TEXT_MAX], password[CONFIG_TEXT_MAX];
	bool registers, withhold;
	uint32_t expires_s, keep_alive_s;
};

/* Who else says who somebody is. */
struct config_sign_on {
	struct oidc_config oidc; /* its secret is filled by serve */
	struct app_sign_on_config app; /* likewise its rules: oidc's */
	char secret_file[CONFIG_PATH_MAX]; /* "": a public client */
};

#define CONFIG_COUNTRIES_MAX 32
#define CONFIG_DELEGATED_MAX 5 /* there are so many registries */
#define CONFIG_NETS_MAX      64

/* Where what the file names may lie [RULES L1]. */
struct config_countries {
	char allowed[CONFIG_COUNTRIES_MAX][COUNTRY_CODE];
	size_t n_allowed; /* 0: anywhere */
	char delegated[CONFIG_DELEGATED_MAX][CONFIG_PATH_MAX]; /* the registries' files */
	size_t n_delegated;
	struct country_net nets[CONFIG_NETS_MAX]; /* that the house knows to lie there */
	size_t n_nets;
};

/* The TURN server, which is a program of its own. */
struct config_turn {
	struct app_turn_config app; /* its secret is filled by config_turn_secret() */
	char realm[CONFIG_TEXT_MAX];
	char secret_file[CONFIG_PATH_MAX];
	char addr[CONFIG_TEXT_MAX]; /* where it listens, and relays from */
	char public_addr[CONFIG_TEXT_MAX]; /* as sip_public */
	uint16_t low, high; /* of its relayed addresses */
	char certificate[CONFIG_PATH_MAX], key[CONFIG_PATH_MAX]; /* "": no TLS */
};

struct config {
	uint16_t node;
	char timezone
		[CONFIG_TEXT_MAX]; /* a file's name in CONFIG_ZONES; "": the machine's */
	char web_addr[CONFIG_TEXT_MAX];
	uint16_t web_port;
	char certificate[CONFIG_PATH_MAX], key[CONFIG_PATH_MAX]; /* "": plain HTTP */
	char names[WEB_NAMES_MAX][WEB_NAME_MAX]; /* by which browsers call the house */
	size_t n_names;
	char proxies[ADDR_PROXIES_MAX][WEB_NAME_MAX];
	size_t n_proxies;
	bool reads_forwarded; /* Forwarded, instead of X-Forwarded-For and X-Forwarded-Proto */
	uint16_t redirect_port; /* plain HTTP that leads to HTTPS; 0: none */
	char acme_folder[CONFIG_PATH_MAX]; /* "": none */
	uint32_t connections_here; /* of one address */
	bool caller_page;
	uint32_t caller_page_queue;
	struct app_caller_config caller; /* its secret is filled by serve */
	bool caller_token; /* one is asked for */
	char caller_frames[CONFIG_FRAMES_MAX]; /* origins, with blanks between them */
	char metrics_addr[CONFIG_TEXT_MAX]; /* of health and metrics */
	int metrics_port; /* -1: there is none */
	char sip_addr[CONFIG_TEXT_MAX];
	char sip_public
		[CONFIG_TEXT_MAX]; /* by which others find it, behind NAT; "": sip_addr */
	uint16_t sip_port;
	struct trunk_peer peers[TRUNK_PEERS_MAX];
	size_t n_peers;
	enum trunk_srtp
		srtp; /* of peers that say nothing else, and of those with the credential */
	enum trunk_srtp outbound_srtp;
	char sip_user[CONFIG_TEXT_MAX], sip_password[CONFIG_TEXT_MAX];
	/* where the house calls: "HOST" or "HOST:PORT" as it stands in URIs, "": nowhere; and its parts */
	char outbound_host[OUTBOUND_TEXT_MAX], outbound_name[OUTBOUND_TEXT_MAX];
	uint16_t outbound_port;
	char caller_id[TRUNK_NUMBER_MAX + 2];
	char outbound_user[CONFIG_TEXT_MAX], outbound_password[CONFIG_TEXT_MAX];
	struct config_trunk trunks[TRUNK_CARRIERS_MAX];
	size_t n_trunks;
	bool sip_tcp, sip_tls_clients;
	uint16_t sip_tls_port; /* 0: it does not listen */
	char sip_certificate[CONFIG_PATH_MAX], sip_key[CONFIG_PATH_MAX],
		sip_authorities[CONFIG_PATH_MAX];
	char name_server[CONFIG_TEXT_MAX]; /* "": the machine's */
	uint32_t sip_session_s; /* session timers, RFC 4028; 0: none */
	bool calls_back; /* a queue offers callbacks */
	char relay_addr[CONFIG_TEXT_MAX];
	char relay_public[CONFIG_TEXT_MAX]; /* as sip_public, of the voice */
	unsigned n_relays;
	uint16_t relay_port; /* of the first relay; the others follow; 0: any */
	bool relay_tcp; /* lines by TCP, too */
	uint16_t relay_tcp_port; /* as relay_port; 0: the lines' numbers */
	uint16_t rtp_low, rtp_high; /* divided among the relays */
	char ring[APP_NAME_MAX], ringback[APP_NAME_MAX];
	char clips[CONFIG_TEXT_MAX],
		desk[CONFIG_TEXT_MAX]; /* folders; "": where the build put them */
	char agreement[CONFIG_TEXT_MAX]; /* likewise: of its texts */
	int64_t reconfirm_ms;
	uint8_t office_clearance;
	struct app_week_config week; /* home days */
	struct app_week_place *week_places; /* owned; week's */
	bool has_sign_on;
	struct config_sign_on sign_on;
	struct config_countries countries;
	bool has_turn;
	struct config_turn turn;
	bool pulse; /* the weekly question to the staff is asked */
	bool two_factors_always; /* at the office, too; at home in any case [RULES T4] */
	char ledger
		[CONFIG_NAME_MAX]; /* the name that it is known by to those who verify */
	uint32_t session_s;
	bool relay_sandbox;
	int64_t caller_silent_ms, desk_gone_ms, regain_ms, hold_ms;
	struct config_queue queues[ACD_QUEUES_MAX];
	size_t n_queues;
	struct config_menu menus[APP_MENUS_MAX];
	size_t n_menus;
	char skills[ACD_SKILLS_MAX][CONFIG_SKILL_MAX]; /* their names, by number */
	unsigned n_skills;
	struct config_agent *agents; /* owned */
	size_t n_agents;
};

/* Says on standard error what is wrong. EINVAL, ENOENT, ENOMEM. */
int config_read(struct config *out, const char *path);
/* The same into a report (main/config_report.h), which is zeroed before, and filled in any case; says nothing. One at a
 * time: libconfuse's scanner has a state of its own. */
struct config_report;
int config_load(struct config *out, const char *path, struct config_report *report);
void config_close(struct config *c);
/* Every option with its default, a line each: "queue.offer = 20". ENOSPC: more sections than expected. */
int config_list(FILE *f);
bool config_calls_out(const struct config *c); /* there is a carrier */
/* IPv4, or IPv6 without brackets: one that others can send to. */
bool config_is_address(const char *s);
bool config_is_v6(const char *address); /* a name is not */
bool config_has_tls(const struct config *c); /* SIP speaks it */
/* Where browsers find the house: "https://desk.example.org". port: where it listens. ENAMETOOLONG. */
int config_base(const struct config *c, unsigned port, char *out, size_t cap);
/* config_secret.c: the first line of a file that not everybody may read. NULL, or what is wrong with it. */
const char *config_read_secret(const char *path, char *out, size_t cap);
/* config_turn.c: the secret that is shared with the TURN server. NULL, or what is wrong with its file. */
const char *config_turn_secret(const struct config_turn *t, char out[TURN_SECRET_MAX]);
#define CONFIG_BASE_MAX (WEB_NAME_MAX + 32)

#endif
