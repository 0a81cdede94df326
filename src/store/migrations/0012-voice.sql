-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How the caller's voice came to the house [RULES T2]: plain RTP from a carrier, SRTP with keys in the SIP messages, or a
-- browser's DTLS-SRTP.  Of a call that changed between them: plain, if it ever was.  NULL: a call of before this was noted.

ALTER TABLE call ADD COLUMN voice TEXT CHECK (voice IN ('plain', 'srtp', 'dtls'));
