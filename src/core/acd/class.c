/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * class -- calls of one queue with equal demands wait in one class, by arrival.
 *
 * Classes are numbered, not found: a queue has one for each step of its demands, each sensitivity from its
 * own upwards, with and without the wish for an office agent, and its classes stand together.  So there is
 * always one for a call, and nothing to free.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 u128;

static bool makes_sense(const struct acd_queue_config *cfg)
{
	int64_t before_ms = 0;
	const struct acd_skills *before = &cfg->skills;

	if (cfg->priority > ACD_PRIORITY_MAX || cfg->target_ms < 0 ||
		cfg->target_ms > ACD_TARGET_MAX_MS ||
		cfg->sensitivity > ACD_SENSITIVITY_MAX || cfg->n_relax > ACD_RELAX_MAX ||
		cfg->callback_ms < 0 || cfg->retry_ms < 0 || cfg->dial_ms < 0 ||
		cfg->transfer_ms < 0)
		return false;
	for (unsigned i = 0; i < cfg->n_relax; i++) {
		if (cfg->relax[i].after_ms <= before_ms ||
			!acd_skills_reach(before, &cfg->relax[i].skills))
			return false;
		before_ms = cfg->relax[i].after_ms;
		before = &cfg->relax[i].skills;
	}
	return true;
}

static uint32_t per_step(const struct acd_queue_config *cfg)
{
	return 2 * (ACD_SENSITIVITY_MAX + 1u - cfg->sensitivity);
}

uint32_t class_count(const struct acd_queue_config *cfg)
{
	return makes_sense(cfg) ? (cfg->n_relax + 1u) * per_step(cfg) : 0;
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void set_slope(struct acd_queue *q)
{
	uint32_t priority = q->cfg.priority ? q->cfg.priority : 1;
	uint32_t target = q->cfg.target_ms ? (uint32_t)q->cfg.target_ms : ACD_TARGET_MS;
	uint32_t divisor = common_divisor(priority, target);

	q->slope = priority / divisor;
	q->per_ms = target / divisor;
}

void class_number(struct acd *acd)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < acd->n_queues; i++) {
		struct acd_queue *q = &acd->queues[i];
		uint32_t n = class_count(&q->cfg), in_step = per_step(&q->cfg);

		set_slope(q);
		q->first_class = next;
		for (uint32_t k = 0; k < n; k++) {
			struct acd_class *c = &acd->classes[next++];

			list_init(&c->waiting);
			c->queue = i;
			c->step = (uint8_t)(k / in_step);
			c->sensitivity = (uint8_t)(q->cfg.sensitivity + k % in_step / 2);
			c->wants_office = k & 1;
		}
	}
}

static unsigned step_of(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;
	unsigned step = 0;

	while (step < cfg->n_relax &&
		acd->now_ms - call->arrived_ms >= cfg->relax[step].after_ms)
		step++;
	return step;
}

static struct acd_class *class_at(const struct acd_queue *q, struct acd_class *classes,
	unsigned step, uint32_t sensitivity, bool wants_office)
{
	return &classes[q->first_class + step * per_step(&q->cfg) +
		2 * (sensitivity - q->cfg.sensitivity) + wants_office];
}

struct acd_class *class_of_new(
	const struct acd *acd, uint32_t queue, uint8_t sensitivity, bool wants_office)
{
	const struct acd_queue *q = &acd->queues[queue];

	if (sensitivity < q->cfg.sensitivity)
		sensitivity = q->cfg.sensitivity;
	return class_at(q, acd->classes, 0, sensitivity, wants_office);
}

struct acd_class *class_of(const struct acd *acd, const struct acd_call *call)
{
	return class_at(&acd->queues[call->queue], acd->classes, step_of(acd, call),
		call->sensitivity, call->wants_office);
}

int64_t class_changes(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;
	unsigned step = step_of(acd, call);

	return step < cfg->n_relax ? call->arrived_ms + cfg->relax[step].after_ms : -1;
}

static void set_bit(struct acd *acd, const struct acd_class *c)
{
	size_t i = (size_t)(c - acd->classes);

	if (list_is_empty(&c->waiting))
		acd->waiting_classes[i / 64] &= ~(1ULL << (i % 64));
	else
		acd->waiting_classes[i / 64] |= 1ULL << (i % 64);
}

void class_add(struct acd *acd, struct acd_call *call)
{
	struct acd_class *c = class_of(acd, call);
	struct acd_wait *wait = wait_of(acd, call);

	wait->class = c;
	list_insert_before(call_place(acd, &c->waiting, call->order,
				   offsetof(struct acd_wait, class_node)),
		&wait->class_node);
	set_bit(acd, c);
}

void class_remove(struct acd *acd, struct acd_call *call)
{
	struct acd_wait *wait = wait_of(acd, call);

	if (!wait->class)
		return;
	list_remove(&wait->class_node);
	set_bit(acd, wait->class);
	wait->class = NULL;
}

/*
 * Stanford, Taylor and Ziedins, "Waiting time distributions in the accumulating priority queue", Queueing
 * Systems 77 (2014) 297-330: each call gathers urgency at its queue's rate, priority / target a ms.  Compared
 * exactly: two rates and a wait stay below 2^10 * 2^27 * 2^63 [ACD_PRIORITY_MAX, ACD_TARGET_MAX_MS].
 */
bool is_more_urgent(
	const struct acd *acd, const struct acd_call *a, const struct acd_call *b)
{
	const struct acd_queue *p = &acd->queues[a->queue], *q = &acd->queues[b->queue];
	uint64_t rate_a = (uint64_t)p->slope * q->per_ms;
	uint64_t rate_b = (uint64_t)q->slope * p->per_ms;
	u128 urgency_a, urgency_b;

	if (rate_a == rate_b)
		return a->order < b->order;
	urgency_a = (u128)(uint64_t)(acd->now_ms - a->place_ms) * rate_a;
	urgency_b = (u128)(uint64_t)(acd->now_ms - b->place_ms) * rate_b;
	return urgency_a != urgency_b ? urgency_a > urgency_b : rate_a > rate_b;
}
