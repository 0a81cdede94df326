/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialogs -- where dialogs are kept and found; see dialog.h.  SIP thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "sip/dial.h"
#include "sip/dialog_inner.h"
#include "sip/reinvite.h"
#include "sip/update.h"

static struct list *bucket(struct list *table, uint64_t hash)
{
	return &table[hash & (DIALOG_BUCKETS - 1)];
}

int dialogs_init(struct dialogs *ds)
{
	list_init(&ds->live);
	list_init(&ds->lingering);
	ds->by_tag = calloc(DIALOG_BUCKETS, sizeof *ds->by_tag);
	ds->by_key = calloc(DIALOG_BUCKETS, sizeof *ds->by_key);
	if (!ds->by_tag || !ds->by_key)
		return ENOMEM;
	for (size_t i = 0; i < DIALOG_BUCKETS; i++) {
		list_init(&ds->by_tag[i]);
		list_init(&ds->by_key[i]);
	}
	return 0;
}

void dialog_free(struct dialog *d)
{
	if (!d)
		return;
	if (list_is_member(&d->order) && d->state == DIALOG_OVER)
		d->st->dialogs.n_lingering--;
	list_remove(&d->by_tag);
	list_remove(&d->by_key);
	list_remove(&d->order);
	invite_done(d);
	reinvite_free(d->reinvite);
	dial_forget(d);
	if (d->st->leaving)
		d->bye = NULL; /* goes with the agent, unanswered */
	dialog_answer_bye(d);
	update_forget(d); /* answered before, or it goes with the agent */
	if (d->timer)
		su_timer_destroy(d->timer);
	if (d->leg)
		nta_leg_destroy(d->leg);
	free(d->call_id);
	free(d->remote_tag);
	free(d->head);
	free(d->offer);
	free(d->sdp);
	free(d);
}

void dialogs_close(struct dialogs *ds)
{
	if (ds->live.next) {
		list_each_safe(it, &ds->live)
			dialog_free(list_entry(it, struct dialog, order));
		list_each_safe(it, &ds->lingering)
			dialog_free(list_entry(it, struct dialog, order));
	}
	free(ds->by_tag);
	free(ds->by_key);
	*ds = (struct dialogs){ 0 };
}

static uint64_t id_hash(uint64_t id)
{
	return id * 0x9e3779b97f4a7c15u >>
		32; /* Fibonacci hashing: the low bits of an id are a counter */
}

uint64_t dialogs_key(const struct station *st, const char *call_id, const char *from_tag,
	uint32_t cseq)
{
	uint64_t h = station_hash(st, st->seed, call_id);
	h = station_hash(st, h, from_tag);
	return h ^ (cseq * 0x9e3779b97f4a7c15u);
}

void dialogs_add(struct station *st, struct dialog *d)
{
	struct dialogs *ds = &st->dialogs;
	list_append(bucket(ds->by_tag, id_hash(d->id)), &d->by_tag);
	list_append(bucket(ds->by_key, d->key), &d->by_key);
	list_append(&ds->live, &d->order);
	ds->n_live++;
}

void dialogs_linger(struct station *st, struct dialog *d)
{
	struct dialogs *ds = &st->dialogs;
	list_remove(&d->order);
	list_append(&ds->lingering, &d->order);
	ds->n_live--;
	ds->n_lingering++;
	/* the new one is last, so it is never the one that goes */
	if (ds->n_lingering > DIALOG_HELD_MAX - TRUNK_DIALOGS_MAX)
		dialog_free(list_entry(ds->lingering.next, struct dialog, order));
}

struct dialog *dialogs_find_id(struct station *st, uint64_t id)
{
	list_each(it, bucket(st->dialogs.by_tag, id_hash(id)))
	{
		struct dialog *d = list_entry(it, struct dialog, by_tag);
		if (d->id == id)
			return d;
	}
	return NULL;
}

static bool same_call(const struct dialog *d, const char *call_id, const char *remote_tag)
{
	return strcmp(d->call_id, call_id) == 0 &&
		strcasecmp(d->remote_tag, remote_tag ? remote_tag : "") == 0;
}

bool dialogs_tag_id(const char *tag, uint64_t *id)
{
	char text[IDS_TEXT_SIZE];

	if (!tag || strlen(tag) != DIALOG_TAG_SIZE - 1)
		return false;
	memcpy(text, tag, sizeof text - 1);
	text[sizeof text - 1] = 0;
	return ids_parse(text, id) == 0;
}

static struct dialog *find_tag(struct station *st, const char *tag)
{
	uint64_t id;
	if (!dialogs_tag_id(tag, &id))
		return NULL;
	struct dialog *d = dialogs_find_id(st, id);
	return d && strcasecmp(d->tag, tag) == 0 ? d : NULL;
}

static struct dialog *find(
	struct station *st, const char *call_id, const char *tag, const char *remote_tag)
{
	struct dialog *d = find_tag(st, tag);
	return d && same_call(d, call_id, remote_tag) ? d : NULL;
}

struct dialog *dialogs_find_early(struct station *st, const sip_t *sip)
{
	struct dialog *d = find_tag(st, sip->sip_to->a_tag);
	return d && d->state == DIALOG_CALLING &&
			strcmp(d->call_id, sip->sip_call_id->i_id) == 0
		? d
		: NULL;
}

struct dialog *dialogs_find(struct station *st, const sip_t *sip)
{
	return find(st, sip->sip_call_id->i_id, sip->sip_to->a_tag, sip->sip_from->a_tag);
}

struct dialog *dialogs_find_answer(struct station *st, const sip_t *sip)
{
	return find(st, sip->sip_call_id->i_id, sip->sip_from->a_tag, sip->sip_to->a_tag);
}

struct dialog *dialogs_find_first(struct station *st, const sip_t *sip)
{
	const char *call_id = sip->sip_call_id->i_id, *from_tag = sip->sip_from->a_tag;
	uint64_t key = dialogs_key(st, call_id, from_tag, sip->sip_cseq->cs_seq);
	list_each(it, bucket(st->dialogs.by_key, key))
	{
		struct dialog *d = list_entry(it, struct dialog, by_key);
		if (d->key == key && d->first_cseq == sip->sip_cseq->cs_seq &&
			same_call(d, call_id, from_tag))
			return d;
	}
	return NULL;
}
