/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The commands of the command line: each gets its own arguments and returns the exit status. */
#ifndef MAIN_COMMANDS_H
#define MAIN_COMMANDS_H

#define EXIT_USAGE 2 /* wrong words on the command line, or a wrong configuration */

int command_serve(int argc, char **argv);
int command_link(int argc, char **argv);
int command_check(int argc, char **argv);
int command_hours(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_ledger(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_agreement(int argc, char **argv);
int command_enrol(int argc, char **argv);
int command_week(int argc, char **argv);
int command_own(int argc, char **argv);
int command_people(int argc, char **argv);
int command_factors(int argc, char **argv);
int command_caller_token(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_turn_config(int argc, char **argv);
int command_restore(int argc, char **argv);

#endif
