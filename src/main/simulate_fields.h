/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * simulate_fields -- what a queue and a group of agents say in a scenario's file: the tables of their keys, their limits and
 * their defaults, which docs/simulate.md repeats for people.
 */
#ifndef MAIN_SIMULATE_FIELDS_H
#define MAIN_SIMULATE_FIELDS_H

#include "main/simulate_json.h"

/* 0; EINVAL: it was told what is wrong. */
int simulate_read_queue(struct json_reader *r, const json_t *value, struct sim_queue *q);
int simulate_read_group(struct json_reader *r, const json_t *value, struct sim_group *g);

#endif
