/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* main -- the command line: a table of commands. */
#include <stdio.h>
#include <string.h>

#include "main/commands.h"

static int command_help(int argc, char **argv);

static int command_version(int argc, char **argv)
{
	puts("heimamt " HEIMAMT_VERSION);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "serve", command_serve, "run the contact centre" },
	{ "link", command_link, "make a one-time login link for an agent" },
	{ "agreement", command_agreement,
		"publish and list the agreement on working from home, or end it" },
	{ "people", command_people,
		"list, import and invite the people of the house, or let one go" },
	{ "enrol", command_enrol, "make a code with which a device registers its key" },
	{ "week", command_week, "print the week plans, and say what they need" },
	{ "own", command_own, "say what is held about an agent, or what is kept at all" },
	{ "factors", command_factors, "tell how an agent proves who it is, or reset it" },
	{ "caller-token", command_caller_token,
		"tell the secret with which the house's site lets callers call" },
	{ "check", command_check,
		"read a configuration file and say what is wrong with it" },
	{ "hours", command_hours,
		"list the days on which queues are closed or have hours of their own" },
	{ "plan", command_plan,
		"say how many agents are needed, at the office and at home" },
	{ "simulate", command_simulate, "say how long callers of a scenario would wait" },
	{ "explain", command_explain, "say why a call went to whom it went" },
	{ "trace", command_trace, "show what happens to a call, as it happens, masked" },
	{ "replay", command_replay,
		"run the journal of the routing again and compare what it decides" },
	{ "ledger", command_ledger,
		"verify, prove and witness the ledger, from its files" },
	{ "turn-config", command_turn_config,
		"print the configuration of the TURN server beside the house" },
	{ "backup", command_backup, "save everything, while the centre runs" },
	{ "restore", command_restore, "bring back what was saved" },
	{ "version", command_version, "print the version" },
	{ "help", command_help, "this text" },
};

#define N_COMMANDS (sizeof commands / sizeof *commands)

static int command_help(int argc, char **argv)
{
	puts("heimamt -- a contact centre whose agents answer at the office or at "
	     "home\n\n"
	     "Commands (each takes --help):");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-12s %s\n", commands[i].name, commands[i].what);
	puts("\nExamples:\n"
	     "  heimamt serve --config /etc/heimamt/heimamt.conf --state "
	     "/var/lib/heimamt\n"
	     "  heimamt link anna --config /etc/heimamt/heimamt.conf --state "
	     "/var/lib/heimamt\n"
	     "  heimamt plan --calls 240 --interval 1800 --aht 180 --patience 90");
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "heimamt: there is no command \"%s\"; see heimamt help.\n", name);
	return EXIT_USAGE;
}
