/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* offers -- session descriptions as they come, for the tests of sdesc. */
#ifndef TEST_WIRE_OFFERS_H
#define TEST_WIRE_OFFERS_H

/* Chromium 156, one audio transceiver, before candidates are gathered. */
static const char chromium_offer[] =
	"v=0\r\n"
	"o=- 1350946816415793555 2 IN IP4 127.0.0.1\r\n"
	"s=-\r\n"
	"t=0 0\r\n"
	"a=group:BUNDLE 0\r\n"
	"a=extmap-allow-mixed\r\n"
	"a=msid-semantic: WMS\r\n"
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n"
	"c=IN IP4 0.0.0.0\r\n"
	"a=rtcp:9 IN IP4 0.0.0.0\r\n"
	"a=ice-ufrag:rlNg\r\n"
	"a=ice-pwd:05F9EknNDUdzrB4DlwgDwlas\r\n"
	"a=ice-options:trickle\r\n"
	"a=fingerprint:sha-256 "
	"02:D9:77:5E:33:36:B8:64:98:34:A6:D5:0E:88:48:5B:"
	"47:FD:FA:45:CE:83:C3:AD:32:F8:87:C5:4A:BA:0A:D6\r\n"
	"a=setup:actpass\r\n"
	"a=mid:0\r\n"
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
	"a=sendrecv\r\n"
	"a=msid:- a8f667d6-79be-45de-8cdb-57ace8cffb4c\r\n"
	"a=rtcp-mux\r\n"
	"a=rtcp-rsize\r\n"
	"a=rtcp-xr:rcvr-rtt=all\r\n"
	"a=rtpmap:111 opus/48000/2\r\n"
	"a=rtcp-fb:111 transport-cc\r\n"
	"a=fmtp:111 minptime=10;useinbandfec=1\r\n"
	"a=rtpmap:63 red/48000/2\r\n"
	"a=fmtp:63 111/111\r\n"
	"a=rtpmap:9 G722/8000\r\n"
	"a=rtpmap:0 PCMU/8000\r\n"
	"a=rtpmap:8 PCMA/8000\r\n"
	"a=rtpmap:13 CN/8000\r\n"
	"a=rtpmap:110 telephone-event/48000\r\n"
	"a=rtpmap:126 telephone-event/8000\r\n"
	"a=ssrc:994262936 cname:wQIRZoLir7VyzGaG\r\n"
	"a=ssrc:994262936 msid:- a8f667d6-79be-45de-8cdb-57ace8cffb4c\r\n";

/* SIPp's own caller scenario, with key digits. */
static const char sipp_offer[] = "v=0\r\n"
				 "o=user1 53655765 2353687637 IN IP4 127.0.0.1\r\n"
				 "s=-\r\n"
				 "c=IN IP4 127.0.0.1\r\n"
				 "t=0 0\r\n"
				 "m=audio 6000 RTP/AVP 8 101\r\n"
				 "a=rtpmap:8 PCMA/8000\r\n"
				 "a=rtpmap:101 telephone-event/8000\r\n"
				 "a=fmtp:101 0-11,16\r\n";

/* A desk telephone: audio between a refused fax and a video, LF only, trailing blanks. */
static const char phone_offer[] = "v=0\n"
				  "o=- 20518 20518 IN IP4 192.0.2.17\n"
				  "s=call\n"
				  "c=IN IP4 192.0.2.17\n"
				  "b=AS:84\n"
				  "t=0 0\n"
				  "m=image 0 udptl t38\n"
				  "m=audio 11780 RTP/AVP 9 8 0 18 101 \n"
				  "a=rtpmap:9 G722/8000\n"
				  "a=rtpmap:18 G729/8000\n"
				  "a=fmtp:18 annexb=no\n"
				  "a=rtpmap:101 Telephone-Event/8000\n"
				  "a=ptime:20\n"
				  "a=rtcp:11799\n"
				  "a=sendrecv\n"
				  "m=video 11782 RTP/AVP 99 98\n"
				  "a=mid:cam\n"
				  "a=rtpmap:99 H264/90000\n";

#endif
