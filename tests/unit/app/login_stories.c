/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "story.h"
const struct story login_stories[] = { { 0 } };
