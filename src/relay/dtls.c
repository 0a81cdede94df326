/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls -- see dtls.h */
#include "relay/dtls.h"
