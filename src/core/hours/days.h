/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The calendar that hours needs; shared by its files only. */
#ifndef CORE_HOURS_DAYS_H
#define CORE_HOURS_DAYS_H

#include "core/hours/hours.h"

/* 0: there is no such month. Of year 0, which means any, the most that a year can have. */
uint8_t days_in_month(unsigned year, unsigned month);
struct hours_date days_yesterday(struct hours_date date);

#endif
