/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * options -- what the commands share: --config, --state and the house they name.
 */
#ifndef MAIN_OPTIONS_H
#define MAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "main/config.h"
#include "store/store.h"

#define OPTIONS_PATH_MAX 1024
#define OPTIONS_NO_RELAY "none" /* for --relay: relays are started by somebody else */

struct options {
	const char *config, *state;
	const char
		*relay; /* the program; NULL: beside this one; OPTIONS_NO_RELAY: none */
	int port; /* of the pages; -1: as configured */
	bool lan;
	const char *lan_addr; /* NULL: found out */
	bool json;
	bool links; /* print login links, wherever the output goes */
	bool upgrade; /* take over from the process that serves now */
	bool verbose;
	const char *effective; /* of a version of the agreement */
	bool editorial, material, preview;
	const char *days; /* of the week: "Mo-Fr" */
	const char *out; /* where a command writes; NULL: a name of its own */
	bool revoke; /* heimamt enrol: the devices that are there */
	bool kept; /* --register: what is kept at all */
	bool verify; /* heimamt backup: one that is there */
	bool lists_options; /* heimamt check --options */
	bool reset; /* of how an agent proves who it is */
	const char *word; /* the one argument that is no option */
};

/* Reads the options of a command. 0; or an exit status + 1: the command is over (help, or a mistake
 * that was told). usage: the command's help text. */
int options_read(struct options *o, int argc, char **argv, const char *usage);

/* DIR/name into out; EXIT_USAGE is the caller's business. ENAMETOOLONG. */
int options_path(char out[OPTIONS_PATH_MAX], const char *dir, const char *name);

/* What lies beside this program: the other program. ENAMETOOLONG. */
int options_beside(char out[OPTIONS_PATH_MAX], const char *name);

/* Pages, clips, fonts, texts: beside this program where the build put them, or in the folder of data where this is the
 * program that was installed. ENAMETOOLONG. */
int options_data(char out[OPTIONS_PATH_MAX], const char *name);
/* The same, unless the configuration says otherwise ("": it does not). ENAMETOOLONG. */
int options_folder(const char *configured, const char *name, char out[OPTIONS_PATH_MAX]);

/* Makes the state folder where it is missing; says what failed. */
int options_make_state(const struct options *o);
/* Where clips are kept as they were encoded (main/clip_kept.h). ENAMETOOLONG, and says so. */
int options_encoded(const struct options *o, char path[OPTIONS_PATH_MAX]);

/* Opens the records of the state folder and puts the configured queues and agents into them, so that
 * config's ids are filled. Says on standard error what failed. */
int options_open_store(const struct options *o, struct config *c,
	const struct store_config *sc, struct store **out);

/* What serve adds: the records know which queues this centre has and whom its file names, with all that it says of them. Says
 * what failed. */
int options_name_house(const struct config *c, struct store *st);

/* The wall clock, ms since 1970. */
int64_t options_wall_ms(void);

/* What a command about one agent begins with: the configuration, the records, the agent that is named. An exit status,
 * 0 when all is there; what is wrong was said. The caller closes both in any case. */
int options_open_agent(const struct options *o, const char *usage, struct config *c,
	struct store **st, struct store_agent *agent);

/* A fresh login link's token, handed to the records' writer. ENOBUFS, EIO. */
int options_new_link(struct store *st, uint64_t agent, char token[65]);

#define OPTIONS_LINK_S 86400 /* a login link is good for a day */

#endif
