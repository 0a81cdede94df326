/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * list -- an intrusive doubly linked list.
 *
 * The node lives inside the owner; the list owns nothing.  Every operation is O(1).  A node that is
 * in no list has next == NULL after list_init_node() or list_remove(), so membership can be asked.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

#define list_entry(node, type, member) \
	((type *)(void *)((char *)(node)-offsetof(type, member)))
#define list_each(it, head) \
	for (struct list *it = (head)->next; it != (head); it = it->next)
/* the body may remove `it` */
#define list_each_safe(it, head)                                               \
	for (struct list *it = (head)->next, *it##_n = it->next; it != (head); \
		it = it##_n, it##_n = it->next)

static inline void list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool list_is_empty(const struct list *head)
{
	return head->next == head;
}

static inline bool list_is_member(const struct list *node)
{
	return node->next != NULL;
}

static inline void list_insert_before(struct list *at, struct list *node)
{
	node->next = at;
	node->prev = at->prev;
	at->prev->next = node;
	at->prev = node;
}

static inline void list_append(struct list *head, struct list *node)
{
	list_insert_before(head, node);
}

static inline void list_prepend(struct list *head, struct list *node)
{
	list_insert_before(head->next, node);
}

static inline void list_remove(struct list *node)
{
	if (!node->next)
		return;
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = NULL;
}

#endif
