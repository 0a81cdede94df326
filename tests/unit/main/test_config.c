/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config: what a broken file is told, one row each, and that the demo's is in order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_text.h"

#define SAID_MAX 4096

#define ABLE(what) "agent \"anna\" { name = \"Anna\" queues = { \"a\" } " what " }\n"
#define CALLER(what)                                                           \
	"web { caller-page = true caller-page-queue = \"a\" caller-page-" what \
	" }\n" HOUSE
#define MENU(what) \
	HOUSE "menu \"m\" { number = \"3\" clip = \"c\" queue = \"a\" " what " }\n"
#define TURN(what) \
	"turn { host = \"turn.example.org\" secret-file = \"/tmp\" " what " }\n" HOUSE
#define O4       "\"08:00-09:00\", \"08:00-09:00\", \"08:00-09:00\", \"08:00-09:00\", "
#define O8       O4 O4
#define CALLBACK "divert { when = \"closed\" to = \"callback\" } "
#define CALLS \
	"sip { outbound = \"sip:carrier.example:5070\" caller-id = \"+41440000000\" }\n"
#define P8 "\"::1\", \"::1\", \"::1\", \"::1\", \"::1\", \"::1\", \"::1\", \"::1\", "

static const char *demo;

static const struct {
	const char *what, *text, *said;
} broken[] = {
	{ "nothing", "", "queue must be there at least once" },
	{ "a country in small letters",
		"countries {\n allowed = { \"ch\" }\n networks = { \"::1\" } }\n" HOUSE,
		":2: countries: allowed must be a list of at most 32 codes" },
	{ "a country, and nobody knows its networks",
		"countries { allowed = { \"CH\" } }\n" HOUSE,
		":1: countries: delegated must be a list with a registry's file" },
	{ "a registry's file, and no country",
		"countries { delegated = { \"/d\" } }\n" HOUSE,
		":1: countries: allowed must be given where delegated or networks are" },
	{ "a sixth registry",
		"countries { allowed = { \"CH\" } delegated = { \"1\", \"2\", \"3\", "
		"\"4\", \"5\", \"6\" } }\n" HOUSE,
		":1: countries: delegated must be a list of at most 5 files" },
	{ "a network with bits behind its prefix",
		"countries { allowed = { \"CH\" } networks = { \"192.0.2.7/24\" } "
		"}\n" HOUSE,
		":1: countries: networks must be a list of at most 64 networks" },
	{ "TURN at no host",
		"turn { host = \"turn example\" secret-file = \"x\" }\n" HOUSE,
		":1: turn: host must be a name that browsers find" },
	{ "TURN without a secret", "turn {\n host = \"turn.example.org\"\n}\n" HOUSE,
		":1: turn: secret-file must be a text" },
	{ "TURN at port 0", TURN("port = 0"), ":1: turn: port must be a number from 1" },
	{ "TURN by TLS without a certificate", TURN("tls-port = 5349"),
		":1: turn: certificate must be a PEM file where tls-port is given" },
	{ "half a pair for TURN", TURN("certificate = \"x.pem\""),
		":1: turn: key must be given together with the other one" },
	{ "TURN and TLS at one port", TURN("port = 443 tls-port = 443 " TURN_PAIR),
		":1: turn: tls-port must be another one than port" },
	{ "TURN with few ports", TURN("min-port = 50000 max-port = 50014"),
		":1: turn: max-port must be at least 15 above min-port" },
	{ "TURN with ports from top to bottom", TURN("min-port = 50000 max-port = 40000"),
		":1: turn: max-port must be at least 15 above min-port" },
	{ "TURN at a name", TURN("address = \"turn.example.org\""),
		":1: turn: address must be an IPv4 address" },
	{ "TURN of everywhere", TURN("public = \"0.0.0.0\""),
		":1: turn: public must be an IPv4 address" },
	{ "a realm with a line of its own", TURN("realm = \"a b\""),
		":1: turn: realm must be a name such as" },
	{ "accounts for ever", TURN("lifetime = 1441"),
		":1: turn: lifetime must be a number from 1 to 1440" },
	{ "a word that is none", HOUSE "wbe { }\n", ":3: no such option 'wbe'" },
	{ "an option that is none", "web { prot = 1 }\n" HOUSE,
		":1: no such option 'prot'" },
	{ "a brace is missing", "web {\n" HOUSE, ":2: no such option 'queue'" },
	{ "a quote is missing", HOUSE "web { address = \"127.0.0.1 }\n",
		":4: premature end of file" },
	{ "an option without a name", HOUSE "\"\" = 1\n",
		":3: cannot be understood from here on" },
	{ "a text for a number", "web { port = \"x\" }\n" HOUSE,
		":1: invalid integer value for option 'port'" },
	{ "a number too large for any type",
		"web { port = 99999999999999999999 }\n" HOUSE,
		":1: integer value for option 'port' is out of range" },
	{ "two queues of one title", QUEUE HOUSE, ":2: found duplicate title 'a'" },
	{ "a node too large", "node = 1024\n" HOUSE,
		"node must be a number from 0 to 1023, not 1024" },
	{ "a provider without TLS",
		"sign-on { issuer = \"http://login.example.org\" client-id = \"x\" "
		"}\n" HOUSE,
		":1: sign-on: issuer must be an address such as https://" },
	{ "a provider that knows nobody",
		"sign-on {\n issuer = \"https://login.example.org\"\n}\n" HOUSE,
		":1: sign-on: client-id must be a text" },
	{ "a role that is none",
		"sign-on { issuer = \"https://login.example.org\" client-id = \"x\" "
		"roles "
		"= { \"desk=chief\" } }\n" HOUSE,
		":1: sign-on: roles must be a list" },
	{ "a role of no group",
		"sign-on { issuer = \"https://login.example.org\" client-id = \"x\" "
		"roles "
		"= { \"=agent\" } }\n" HOUSE,
		":1: sign-on: roles must be a list" },
	{ "scopes of something else",
		"sign-on { issuer = \"https://login.example.org\" client-id = \"x\" "
		"scopes "
		"= \"profile\" }\n" HOUSE,
		":1: sign-on: scopes must be words" },
	{ "a session that ends before it is looked at",
		"sign-on { issuer = \"https://login.example.org\" client-id = \"x\" "
		"check = "
		"20 unchecked = 10 }\n" HOUSE,
		":1: sign-on: unchecked must be at least as long as check" },
	{ "a port too large", "web { port = 65536 }\n" HOUSE,
		"web: port must be a number from 0 to 65535, not 65536" },
	{ "a negative port", "sip { port = -1 }\n" HOUSE,
		"sip: port must be a number from 0 to 65535, not -1" },
	{ "a hold without an end", "web { hold-max = 0 }\n" HOUSE,
		"web: hold-max must be a number from 5 to 3600, not 0" },
	{ "an address that is a name", "web { address = \"localhost\" }\n" HOUSE,
		"web: address must be an IPv4 address" },
	{ "the whole network without a certificate",
		"web { address = \"0.0.0.0\" }\n" HOUSE,
		":1: web: address must be 127.0.0.1 as long as there is no certificate" },
	{ "likewise of IPv6", "web { address = \"::\" }\n" HOUSE,
		"web: address must be 127.0.0.1 as long as there is no certificate" },
	{ "a certificate without its key",
		"web {\n\tnames = { \"a.example\" }\n\tcertificate = \"/c\"\n}\n" HOUSE,
		":3: web: certificate must be given together with the other one" },
	{ "a key without its certificate",
		"web { names = { \"a.example\" } key = \"/k\" }\n" HOUSE,
		"web: key must be given together with the other one" },
	{ "a certificate and no name",
		"web {\n\tcertificate = \"/c\"\n\tkey = \"/k\"\n}\n" HOUSE,
		":2: web: certificate must be together with names" },
	{ "a proxy and no name", "web { proxies = { \"127.0.0.1\" } }\n" HOUSE,
		"web: proxies must be together with names" },
	{ "a proxy that speaks otherwise",
		"web { proxies = { \"::1\" } names = { \"a\" } proxy-header = \"via\" "
		"}\n" HOUSE,
		"web: proxy-header must be x-forwarded-for or forwarded" },
	{ "to HTTPS without HTTPS", "web { redirect-port = 80 }\n" HOUSE,
		"web: redirect-port must be 0 as long as there is no certificate" },
	{ "a redirect port too large", "web { redirect-port = 65536 }\n" HOUSE,
		"web: redirect-port must be a number from 0 to 65535" },
	{ "proofs that are nowhere served", "web { acme-folder = \"/a\" }\n" HOUSE,
		"web: acme-folder must be left away but with redirect-port" },
	{ "a name that is an address of a page",
		"web { names = { \"https://a.example\" } }\n" HOUSE,
		"web: names must be a list of at most 8 names" },
	{ "nine names",
		"web { names = { \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", "
		"\"a\" } }\n" HOUSE,
		"web: names must be a list of at most 8 names" },
	{ "too few connections of an address", "web { per-address = 31 }\n" HOUSE,
		"web: per-address must be a number from 32 to 2048, not 31" },
	{ "a proxy by its name", "web { proxies = { \"proxy\" } }\n" HOUSE,
		"web: proxies must be a list of at most 8 addresses" },
	/* at which line */
	{ "an option of the file itself", "\n# node = 3\n\nnode = 2000\n" HOUSE,
		":4: root: node must be" },
	{ "an option in a section",
		"sip { port = 1 }\nweb {\n\t# port = 2\n\t/* port = 3\n */ port = "
		"70000\n}\n" HOUSE,
		":5: web: port must be" },
	{ "one behind a list and a text",
		"web {\n\tnames = { \"a\",\n\"port = 1 }\" }\nport\n=\n70000 }\n" HOUSE,
		":4: web: port must be" },
	{ "of two sections the one with the title",
		QUEUE
		"queue \"b\" {\n\tnumber = \"101\"\n\tname = \"B\"\n\tlanguage = \"de\"\n"
		"\toffer = 1\n}\n",
		":6: queue \"b\": offer must be" },
	{ "what does not stand there: its section",
		QUEUE "queue \"b\" {\n\tnumber = \"101\"\n}\n",
		":2: queue \"b\": name must be" },
	{ "an address too long", "web { address = \"" X64 X64 "\" }\n" HOUSE,
		"web: address must be a text of at most 127 bytes" },
	{ "no address", "relay { address = \"\" }\n" HOUSE,
		"relay: address must be a text of" },
	{ "SIP at any address", "sip { address = \"0.0.0.0\" }\n" HOUSE,
		"sip: address must be an address of this machine" },
	{ "SIP at any IPv6 address", "sip { address = \"::\" }\n" HOUSE,
		"sip: address must be an address of this machine" },
	{ "at one that needs an interface besides",
		"sip { address = \"fe80::1\" }\n" HOUSE,
		"sip: address must be an address of this machine" },
	{ "at IPv4 in disguise", "sip { address = \"::ffff:192.0.2.5\" }\n" HOUSE,
		"sip: address must be an address of this machine" },
	{ "at one in brackets", "sip { address = \"[2001:db8::5]\" }\n" HOUSE,
		"sip: address must be an address of this machine" },
	{ "voice at any address", "relay { address = \"0.0.0.0\" }\n" HOUSE,
		"relay: address must be an address of this machine" },
	{ "a peer by certificate, where none is asked for",
		"sip { peers = { \"certificate=sbc.example\" } tls-port = 5061 "
		"certificate = \"/c\" key = \"/k\" }\n" HOUSE,
		"sip: tls-clients must be true, and tls-port given" },
	{ "a certificate of no name", "sip { peers = { \"certificate=\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "of a name that is none",
		"sip { peers = { \"certificate=*.example\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "a peer that is a name", "sip { peers = { \"carrier\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "a prefix too long", "sip { peers = { \"192.0.2.0/33\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "a peer with another option",
		"sip { peers = { \"192.0.2.7 tls=required\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "a peer with another word",
		"sip { peers = { \"192.0.2.7 srtp=always\" } }\n" HOUSE,
		"sip: peers must be addresses such as" },
	{ "SRTP by another word", "sip { srtp = \"yes\" }\n" HOUSE,
		"sip: srtp must be offered, required or never" },
	{ "the same outbound", "sip { outbound-srtp = \"yes\" }\n" HOUSE,
		"sip: outbound-srtp must be offered, required or never" },
	{ "too many peers", "sip { peers = { " P8 P8 P8 P8 "\"::1\" } }\n" HOUSE,
		"sip: peers must be a list of at most 32" },
	{ "a user without a password", "sip { user = \"phone\" }\n" HOUSE,
		"sip: user and password must be given both or neither" },
	{ "a control character", "sip { user = \"a\\nb\" password = \"c\" }\n" HOUSE,
		"sip: user must be empty or a text" },
	{ "no relay", "relay { count = 0 }\n" HOUSE,
		"relay: count must be a number from 1 to 16, not 0" },
	{ "the second relay's port is none", "relay { port = 65535 count = 2 }\n" HOUSE,
		"relay: port must be a number from 0 to 65534, not 65535" },
	{ "the last relay's port is none", "relay { port = 65521 count = 16 }\n" HOUSE,
		"relay: port must be a number from 0 to 65520, not 65521" },
	{ "too few ports for voice", "relay { rtp-low = 40000 rtp-high = 40039 }\n" HOUSE,
		"relay: rtp-high must be at least 40 ports a relay above" },
	{ "ports for voice the wrong way round",
		"relay { rtp-low = 44999 rtp-high = 40000 }\n" HOUSE,
		"relay: rtp-high must be" },
	{ "a clip's name too long", "clips { ring = \"" X64 "\" }\n" HOUSE,
		"clips: ring must be empty or a text of at most 63 bytes" },
	{ "a queue without a number",
		"queue \"a\" { name = \"A\" language = \"de\" }\n" AGENT,
		"queue \"a\": number must be a text" },
	{ "a queue's title too long",
		"queue \"" X64
		"\" { number = \"1\" name = \"A\" language = \"de\" }\n" HOUSE,
		"the title must be a text of at most 63 bytes" },
	{ "a queue without a title",
		"queue \"\" { number = \"1\" name = \"A\" language = \"de\" }\n" HOUSE,
		"the title must be a text" },
	{ "a language too long",
		"queue \"a\" { number = \"1\" name = \"A\" language = \"deutsch.\" "
		"}\n" AGENT,
		"queue \"a\": language must be a text of at most 7 bytes" },
	{ "two queues of one number",
		"queue \"b\" { number = \"100\" name = \"B\" language = \"de\" }\n" HOUSE,
		"queue \"a\": number must be another than" },
	{ "an offer too short",
		"queue \"a\" { number = \"1\" name = \"A\" language = \"de\" offer = 2 "
		"}\n" AGENT,
		"queue \"a\": offer must be a number from 3 to 600, not 2" },
	{ "no time to wait for a colleague", DEMANDING("transfer-wait = 0") AGENT,
		"queue \"a\": transfer-wait must be a number from 1 to 3600, not 0" },
	{ "a login in capitals",
		QUEUE "agent \"Anna\" { name = \"Anna\" queues = { \"a\" } }\n",
		"agent \"Anna\": the login must be at most 63 letters a-z" },
	{ "a login too long",
		QUEUE "agent \"" X64 "\" { name = \"Anna\" queues = { \"a\" } }\n",
		"the login must be at most 63 letters a-z" },
	{ "an agent of no queue", QUEUE "agent \"anna\" { name = \"Anna\" }\n",
		"agent \"anna\": queues must be a list with at least one queue" },
	{ "an agent of a queue that is none",
		QUEUE "agent \"anna\" { name = \"Anna\" queues = { \"a\", \"b\" } }\n",
		"agent \"anna\": queues must be a list of queues of this file" },
	{ "a workplace that is none",
		QUEUE "agent \"anna\" { name = \"Anna\" workplace = \"beach\" queues = { "
		      "\"a\" } }\n",
		"agent \"anna\": workplace must be home or office" },
	{ "a sensitivity that is none", DEMANDING("sensitivity = \"secret\"") AGENT,
		"queue \"a\": sensitivity must be general, confidential or strict" },
	{ "a clearance that is none", QUEUE ABLE("clearance = \"high\""),
		"agent \"anna\": clearance must be general, confidential or strict" },
	{ "a priority of nothing", DEMANDING("priority = 0") AGENT,
		"queue \"a\": priority must be a number from 1 to 1000, not 0" },
	{ "a target of more than a day", DEMANDING("target = 86401") AGENT,
		"queue \"a\": target must be a number from 1 to 86400" },
	{ "home days of a longer week", "home-days { home-days = 8 }\n" HOUSE,
		"home-days: home-days must be a number from 0 to 7, not 8" },
	{ "a team day that is none", "home-days { team-day = \"Xx\" }\n" HOUSE,
		"home-days: team-day must be a day such as \"We\"" },
	{ "a team of no queue", "home-days { team \"b\" { day = \"We\" } }\n" HOUSE,
		"team \"b\": the title must be a queue of this file" },
	{ "a site of a stranger",
		"home-days { site \"Zug\" { agents = { \"" X64 "\" } } }\n" HOUSE,
		"site \"Zug\": agents must be a list of logins" },
	{ "more seats than there can be agents", "home-days { seats = 1025 }\n" HOUSE,
		"home-days: seats must be a number from 0 to 1024" },
	{ "a skill in capitals", QUEUE ABLE("skills = { \"DE\" }"),
		"agent \"anna\": skills must be skills of at most 31 letters a-z" },
	{ "a skill without a name", QUEUE ABLE("skills = { \"=3\" }"),
		"skills of at most 31 letters a-z" },
	{ "a skill too long", QUEUE ABLE("skills = { \"" X32 "\" }"),
		"skills of at most 31 letters a-z" },
	{ "a level of nothing", QUEUE ABLE("skills = { \"de=0\" }"),
		"with a level from 1 to 15" },
	{ "a level too high", QUEUE ABLE("skills = { \"de=16\" }"),
		"with a level from 1 to 15" },
	{ "a level that is no number", QUEUE ABLE("skills = { \"de=good\" }"),
		"with a level from 1 to 15" },
	{ "a skill twice", QUEUE ABLE("skills = { \"de\", \"de=3\" }"),
		"agent \"anna\": skills must be each skill once" },
	{ "a demand that grows",
		DEMANDING(
			"skills = { \"de=2\" } relax { after = 9 skills = { \"de=3\" } }")
			ABLE("skills = { \"de=3\" }"),
		"queue \"a\": relax must be no more than was demanded before" },
	{ "relaxing backwards",
		DEMANDING("relax { after = 9 } relax { after = 9 }") AGENT,
		"queue \"a\": relax must be in the order of the waiting time" },
	{ "relaxing at once", DEMANDING("relax { skills = { } }") AGENT,
		"relax: after must be a number from 1 to 86400, not 0" },
	{ "relaxing too often",
		DEMANDING("relax { after = 1 } relax { after = 2 } relax { after = 3 } "
			  "relax { after = 4 } relax { after = 5 }") AGENT,
		"queue \"a\": relax must be there at most 4 times" },
	{ "a queue for whose callers nobody knows enough",
		DEMANDING("skills = { \"de=2\" } relax { after = 9 skills = { \"de\" } }")
			AGENT,
		"queue \"a\": skills and sensitivity must be what at least one of its" },
	{ "a queue that nobody may hear",
		DEMANDING("sensitivity = \"strict\"")
			ABLE("clearance = \"confidential\""),
		"queue \"a\": skills and sensitivity must be what at least one of its" },
	{ "a queue that nobody may hear at this office",
		"office { clearance = \"confidential\" }\n" DEMANDING(
			"sensitivity = \"strict\"") AGENT,
		"queue \"a\": skills and sensitivity must be what at least one of its" },
	{ "an office of no known clearance", "office { clearance = \"secret\" }\n" HOUSE,
		"office: clearance must be general, confidential or strict" },
	{ "an agreement that is never confirmed anew, but negatively",
		"agreement { reconfirm = -1 }\n" HOUSE,
		"agreement: reconfirm must be a number from 0 to 3650, not -1" },
	{ "hours that are none", DEMANDING("open = { \"Mo-Fr 8-18\" }") AGENT,
		"queue \"a\": open must be hours such as \"Mo-Fr 08:00-18:00\" or "
		"\"22:00-06:00\", not \"Mo-Fr 8-18\"" },
	{ "hours with a control character", DEMANDING("open = { \"\\x1b[31m\" }") AGENT,
		", not \"?\"" },
	{ "too many hours", DEMANDING("open = { " O8 O8 O8 O8 "\"08:00-09:00\" }") AGENT,
		"queue \"a\": open must be a list of at most 32 entries" },
	{ "a closed day that is none", DEMANDING("closed-days = { \"25.12.\" }") AGENT,
		"queue \"a\": closed-days must be days such as \"2026-12-25\", or "
		"\"08-01\" for each year, not \"25.12.\"" },
	{ "a zone that is none", "timezone = \"Europe/Bern\"\n" HOUSE,
		": timezone must be one that is in /usr/share/zoneinfo, such as" },
	{ "a zone that leads elsewhere", "timezone = \"../../../etc/passwd\"\n" HOUSE,
		": timezone must be one that is in" },
	{ "a zone from the root", "timezone = \"/etc/passwd\"\n" HOUSE,
		": timezone must be one that is in" },
	{ "announcements without music between them", DEMANDING("announce = 9") AGENT,
		"queue \"a\": announce must be 0 for never, or a number from 10 to "
		"3600" },
	{ "a callback without anybody to call by", DEMANDING(CALLBACK) AGENT,
		"queue \"a\": divert 1: to must be queue or message, as long as sip has "
		"no outbound to call by" },
	{ "a carrier without a number of ours",
		"sip { outbound = \"192.0.2.7\" }\n" HOUSE,
		"sip: caller-id must be the number that is shown" },
	{ "a number that is a name",
		"sip { outbound = \"192.0.2.7\" caller-id = \"desk\" }\n" HOUSE,
		"sip: caller-id must be the number that is shown" },
	{ "a number without a carrier", "sip { caller-id = \"1\" }\n" HOUSE,
		"sip: outbound must be a carrier such as" },
	{ "a carrier with a user",
		"sip { outbound = \"sip:a@b\" caller-id = \"1\" }\n" HOUSE,
		"sip: outbound must be a carrier such as" },
	{ "a carrier with a port that is none",
		"sip { outbound = \"a:65536\" caller-id = \"1\" }\n" HOUSE,
		"sip: outbound must be a carrier such as" },
	{ "a carrier with a parameter",
		"sip { outbound = \"sip:a;lr\" caller-id = \"1\" }\n" HOUSE,
		"sip: outbound must be a carrier such as" },
	{ "half of a credential",
		"sip { outbound = \"a\" caller-id = \"1\" outbound-user = \"u\" "
		"}\n" HOUSE,
		"sip: outbound-user and outbound-password must be given both" },
	{ "a callback that is never tried", DEMANDING("callback-tries = 0") AGENT,
		"callback-tries must be a number from 1 to 20" },
	{ "a callback of two days", DEMANDING("callback-wait = 172800") AGENT,
		"callback-wait must be a number from 60 to 86400" },
	{ "a rule without a cause", DEMANDING("divert { to = \"callback\" }") AGENT,
		"queue \"a\": divert 1: when must be closed, nobody, waiting or "
		"expected-wait" },
	{ "a rule that leads nowhere", DEMANDING("divert { when = \"closed\" }") AGENT,
		"queue \"a\": divert 1: to must be queue, message or callback" },
	{ "the second rule",
		DEMANDING(CALLBACK "divert { when = \"closed\" to = \"beach\" }") AGENT,
		"queue \"a\": divert 2: to must be queue, message or callback" },
	{ "a length without a limit",
		DEMANDING("divert { when = \"waiting\" to = \"callback\" }") AGENT,
		"queue \"a\": divert 1: limit must be a number from 0 to 2000" },
	{ "a wait without a limit",
		DEMANDING("divert { when = \"expected-wait\" to = \"callback\" }") AGENT,
		"queue \"a\": divert 1: limit must be a number from 1 to 86400" },
	{ "closed with a limit",
		DEMANDING("divert { when = \"closed\" limit = 3 to = \"callback\" }")
			AGENT,
		"queue \"a\": divert 1: limit must be left away but with when = "
		"waiting" },
	{ "closed after a while",
		DEMANDING("divert { when = \"closed\" after = 3 to = \"callback\" }")
			AGENT,
		"queue \"a\": divert 1: after must be left away but with when = "
		"waiting" },
	{ "nobody with a limit, or after a while",
		DEMANDING("divert { when = \"nobody\" limit = 3 after = 3 to = "
			  "\"callback\" }") AGENT,
		"queue \"a\": divert 1: limit must be left away but with when = "
		"waiting" },
	{ "nobody after a while",
		DEMANDING("divert { when = \"nobody\" after = 3 to = \"callback\" }")
			AGENT,
		"queue \"a\": divert 1: after must be left away but with when = "
		"waiting" },
	{ "after more than a day",
		DEMANDING("divert { when = \"waiting\" limit = 1 after = 86401 to = "
			  "\"callback\" }") AGENT,
		"queue \"a\": divert 1: after must be a number from 0 to 86400" },
	{ "a token that is neither", "web { caller-page-token = \"maybe\" }\n" HOUSE,
		"web: caller-page-token must be required or none" },
	{ "a caller page that leads nowhere", "web { caller-page = true }\n" HOUSE,
		"web: caller-page-queue must be a queue of this file" },
	{ "a caller page that leads to no menu",
		"web { caller-page = true caller-page-queue = \"a\" caller-page-menu = "
		"\"n\" }\n" MENU("keys = { \"1=a\" }"),
		"web: caller-page-menu must be a menu of this file" },
	{ "a language that the caller page has not", CALLER("queues = { \"rm=a\" }"),
		"web: caller-page-queues must be a list" },
	{ "a language twice", CALLER("queues = { \"de=a\", \"de=a\" }"),
		"web: caller-page-queues must be a list" },
	{ "a language to a queue that is none", CALLER("queues = { \"de=b\" }"),
		"web: caller-page-queues must be a list" },
	{ "a site without a scheme", CALLER("origins = { \"www.example.org\" }"),
		"web: caller-page-origins must be a list of sites" },
	{ "a site that is not safe", CALLER("origins = { \"http://www.example.org\" }"),
		"web: caller-page-origins must be a list of sites" },
	{ "a site with a policy in it",
		CALLER("origins = { \"https://a;script-src *\" }"),
		"web: caller-page-origins must be a list of sites" },
	{ "any site", CALLER("origins = { \"https://*\" }"),
		"web: caller-page-origins must be a list of sites" },
	{ "too many tries", "web { caller-page-per-minute = 61 }\n" HOUSE,
		"web: caller-page-per-minute must be a number from 0 to 60" },
	{ "a menu without keys", MENU(""),
		"menu \"m\": keys must be a list with at least one key" },
	{ "a key twice", MENU("keys = { \"1=a\", \"1=a\" }"),
		"menu \"m\": keys must be" },
	{ "a key that no telephone has", MENU("keys = { \"A=a\" }"),
		"menu \"m\": keys must be" },
	{ "two keys at once", MENU("keys = { \"12=a\" }"), "menu \"m\": keys must be" },
	{ "a key that leads nowhere", MENU("keys = { \"1=b\" }"),
		"menu \"m\": keys must be" },
	{ "no key", MENU("keys = { \"=a\" }"), "menu \"m\": keys must be" },
	{ "a key without a sign", MENU("keys = { \"1\" }"), "menu \"m\": keys must be" },
	{ "a menu that is said too often", MENU("keys = { \"1=a\" } tries = 6"),
		"menu \"m\": tries must be a number from 1 to 5" },
	{ "a menu that waits for nobody", MENU("keys = { \"1=a\" } timeout = 0"),
		"menu \"m\": timeout must be a number from 1 to 60" },
	{ "a menu at a queue's number",
		HOUSE "menu \"m\" { number = \"100\" clip = \"c\" queue = \"a\" keys = { "
		      "\"1=a\" } }\n",
		"menu \"m\": number must be another than the queues' and menus'" },
	{ "two menus at one number",
		MENU("keys = { \"1=a\" }") "menu \"n\" { number = \"3\" clip = \"c\" "
					   "queue = \"a\" keys = { \"1=a\" } "
					   "}\n",
		"menu \"n\": number must be another than the queues' and menus'" },
	{ "a menu with nowhere to go",
		HOUSE "menu \"m\" { number = \"3\" clip = \"c\" keys = { \"1=a\" } }\n",
		"menu \"m\": queue must be a queue of this file" },
	{ "a menu that says nothing",
		HOUSE "menu \"m\" { number = \"3\" queue = \"a\" keys = { \"1=a\" } }\n",
		"menu \"m\": clip must be a text" },
	{ "a menu with a long name",
		HOUSE "menu \"Willkommen\" { number = \"3\" clip = \"c\" queue = \"a\" "
		      "keys = { \"1=a\" } }\n",
		"the title must be of letters a-z" },
	{ "to a queue that is none",
		DEMANDING("divert { when = \"closed\" to = \"queue\" queue = \"b\" }")
			AGENT,
		"queue \"a\": divert 1: queue must be another queue of this file" },
	{ "to a queue that is not said",
		DEMANDING("divert { when = \"closed\" to = \"queue\" }") AGENT,
		"queue \"a\": divert 1: queue must be another queue of this file" },
	{ "to itself",
		DEMANDING("divert { when = \"closed\" to = \"queue\" queue = \"a\" }")
			AGENT,
		"queue \"a\": divert 1: queue must be another queue of this file" },
	{ "a queue for a message",
		DEMANDING("divert { when = \"closed\" to = \"message\" queue = \"a\" "
			  "clip = \"x\" }") AGENT,
		"queue \"a\": divert 1: queue must be left away but with to = queue" },
	{ "a clip for a callback",
		DEMANDING("divert { when = \"closed\" to = \"callback\" clip = \"x\" }")
			AGENT,
		"queue \"a\": divert 1: clip must be left away but with to = message" },
	{ "a message of silence",
		DEMANDING("divert { when = \"closed\" to = \"message\" }") AGENT,
		"queue \"a\": divert 1: clip must be a text of at most 63 bytes, where" },
	{ "a message too long",
		DEMANDING("divert { when = \"closed\" to = \"message\" clip = \"" X64
			  "\" }") AGENT,
		"queue \"a\": divert 1: clip must be a text of at most 63 bytes" },
	{ "too many rules", DEMANDING(CALLBACK CALLBACK CALLBACK CALLBACK CALLBACK) AGENT,
		"queue \"a\": divert must be there at most 4 times" },
	/* carriers */
	{ "a carrier without a server", TRUNK("") HOUSE,
		":1: trunk \"t\": server must be a name, perhaps with its port" },
	{ "a server with a port that is none", TRUNK("server = \"a.example:0\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	{ "a server that is a URI", TRUNK("server = \"sip:a.example\"") HOUSE,
		"trunk \"t\": server must be a name" },
	{ "a domain with a port", TRUNK(S " domain = \"a.example:5060\"") HOUSE,
		"trunk \"t\": domain must be a name such as" },
	{ "an address by TLS without a name",
		TRUNK("server = \"192.0.2.7\" transport = \"tls\"") HOUSE,
		"trunk \"t\": domain must be the name that the carrier's certificate" },
	{ "a transport that is none", TRUNK(S " transport = \"sctp\"") HOUSE,
		"trunk \"t\": transport must be udp, tcp or tls" },
	{ "an identity that is none", TRUNK(S " identity = \"yes\"") HOUSE,
		"trunk \"t\": identity must be none, preferred or asserted" },
	{ "no number to be shown", "trunk \"t\" { server = \"a.example\" }\n" HOUSE,
		"trunk \"t\": caller-id must be the number that is shown" },
	{ "a user of a carrier without a password", TRUNK(S " user = \"u\"") HOUSE,
		"trunk \"t\": user and password must be given both or neither" },
	{ "a user with a quote", TRUNK(S " user = \"u\\\"\" password = \"p\"") HOUSE,
		"trunk \"t\": user must be a text without quotes" },
	{ "a registration too short", TRUNK(S " register-expires = 59") HOUSE,
		"trunk \"t\": register-expires must be a number from 60 to 86400, not "
		"59" },
	{ "a keep-alive too long", TRUNK(S " keep-alive = 3601") HOUSE,
		"trunk \"t\": keep-alive must be a number from 0 to 3600, not 3601" },
	{ "a number withheld from the carrier, too", TRUNK(S " withhold = true") HOUSE,
		"trunk \"t\": identity must be preferred or asserted where withhold" },
	{ "two carriers of one name", TRUNK(S) TRUNK(S) HOUSE,
		":2: found duplicate title 't'" },
	{ "TLS without a certificate", "sip { tls-port = 5061 }\n" HOUSE,
		"sip: certificate must be a PEM file where tls-port is given" },
	{ "one port for both",
		"sip { tls-port = 5060 certificate = \"/c\" key = \"/k\" }\n" HOUSE,
		"sip: tls-port must be another one than port" },
	/* behind NAT */
	{ "a public address that is a name", "sip { public = \"a.example\" }\n" HOUSE,
		"sip: public must be an address such as" },
	{ "likewise of the voice", "relay { public = \"::1\" }\n" HOUSE,
		"relay: public must be an address such as" },
	/* IPv6 */
	{ "a carrier of another family", TRUNK("server = \"[2001:db8::7]\"") HOUSE,
		"trunk \"t\": server must be of the same family as sip's address" },
	{ "the other way",
		"sip { address = \"2001:db8::5\" }\n" TRUNK("server = \"192.0.2.7:5070\"")
			HOUSE,
		"trunk \"t\": server must be of the same family as sip's address" },
	{ "likewise outbound",
		"sip { outbound = \"2001:db8::7\" caller-id = \"1\" }\n" HOUSE,
		"sip: outbound must be of the same family as address" },
	{ "brackets that do not end", TRUNK("server = \"[2001:db8::7\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	{ "something behind them", TRUNK("server = \"[2001:db8::7]5070\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	{ "a port that is none", TRUNK("server = \"[2001:db8::7]:\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	{ "brackets around IPv4", TRUNK("server = \"[192.0.2.7]\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	{ "nothing in them", TRUNK("server = \"[]\"") HOUSE,
		"trunk \"t\": server must be a name, perhaps with its port" },
	/* session timers */
	{ "an interval that RFC 4028 has not", "sip { session-expires = 89 }\n" HOUSE,
		"sip: session-expires must be 0, or at least 90 seconds" },
	{ "or more than a day", "sip { session-expires = 86401 }\n" HOUSE,
		"sip: session-expires must be" },
	/* holidays */
	{ "a canton that is none", DEMANDING("holidays = \"XX\"") AGENT,
		"queue \"a\": holidays must be a canton's code such as \"BE\", or empty, "
		"not "
		"\"XX\"" },
	{ "open on holidays of no canton",
		DEMANDING("holidays-open = { \"01-02\" }") AGENT,
		"queue \"a\": holidays-open must be left away where there are no "
		"holidays" },
	{ "open on a day that is none",
		DEMANDING("holidays = \"BE\" holidays-open = { \"2026-05-01\" }") AGENT,
		"queue \"a\": holidays-open must be a list of days that are holidays" },
	{ "a special day without its hours",
		DEMANDING("special-days = { \"2026-12-24\" }") AGENT,
		"queue \"a\": special-days must be days with their hours such as" },
	{ "a special day over midnight",
		DEMANDING("special-days = { \"12-31 20:00-02:00\" }") AGENT,
		"queue \"a\": special-days must be days with their hours such as" },
	{ "a caller page without a queue", "web { caller-page = true }\n" HOUSE,
		"web: caller-page-queue must be a queue of this file" },
};

/* What was said on standard error meanwhile. */
static int read_and_hear(struct config *c, const char *path, char said[SAID_MAX])
{
	FILE *heard = tmpfile();
	int was = dup(STDERR_FILENO), err;
	size_t n;

	assert_non_null(heard);
	assert_true(was >= 0);
	fflush(stderr);
	assert_true(dup2(fileno(heard), STDERR_FILENO) >= 0);
	err = config_read(c, path);
	fflush(stderr);
	assert_true(dup2(was, STDERR_FILENO) >= 0);
	close(was);
	rewind(heard);
	n = fread(said, 1, SAID_MAX - 1, heard);
	said[n] = 0;
	fclose(heard);
	return err;
}

static int read_bytes(struct config *c, const char *text, size_t n, char said[SAID_MAX])
{
	char path[] = "/tmp/heimamt-config-XXXXXX";
	int fd = mkstemp(path), err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	err = read_and_hear(c, path, said);
	unlink(path);
	/* which file it is about */
	return err && !strstr(said, path) ? EBADMSG : err;
}

static int read_text(struct config *c, const char *text, char said[SAID_MAX])
{
	return read_bytes(c, text, strlen(text), said);
}

static void test_broken(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct config c = { .node = 7 };
		char said[SAID_MAX];
		int err = read_text(&c, broken[i].text, said);

		if (err == EINVAL && strstr(said, broken[i].said) && c.node == 7)
			continue;
		print_error("%s: err %d, node %u, said: %s\n", broken[i].what, err,
			c.node, said);
		n_failed++;
		config_close(&c);
	}
	assert_int_equal(n_failed, 0);
}

static void test_all_mistakes_are_told_at_once(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(
		read_text(&c, "web { port = -1 }\nsip { port = -1 }\n" HOUSE, said),
		EINVAL);
	assert_non_null(strstr(said, "web: port"));
	assert_non_null(strstr(said, "sip: port"));
}

static void test_no_text(void **state)
{
	static const char text[] = HOUSE "\0 = 1\n";
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(read_bytes(&c, text, sizeof text - 1, said), EINVAL);
	assert_non_null(strstr(said, ":3: cannot be understood from here on"));
}

static void test_missing(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(read_and_hear(&c, "/nowhere/heimamt.conf", said), ENOENT);
	assert_non_null(strstr(said, "/nowhere/heimamt.conf: cannot be read: No such"));
}

/* The edges of what the table refuses. */
static void test_in_order(void **state)
{
	static const char *const texts[] = {
		HOUSE,
		"relay { port = 65520 count = 16 }\n" HOUSE,
		"relay { rtp-low = 40000 rtp-high = 40040 }\n" HOUSE,
		"sip { peers = { \"192.0.2.0/24\", \"2001:db8::/32\", \"::1\" } "
		"}\n" HOUSE,
		"sip { user = \"a\\\"b\" password = \"c\\\\d\" }\n" HOUSE,
		"web { port = 0 }\n" HOUSE,
		"web { address = \"::1\" }\n" HOUSE,
		"web { address = \"0.0.0.0\" certificate = \"/c.pem\" key = \"/k.pem\" "
		"names = { \"desk.example.org\", \"[2001:db8::7]:8443\" } }\n" HOUSE,
		"web { proxies = { \"127.0.0.1\", \"::1\" } names = { \"a.example\" } "
		"}\n" HOUSE,
		DEMANDING(
			"priority = 1000 target = 86400 sensitivity = \"strict\" "
			"skills = { \"de=15\", \"a.b-9\" } "
			"relax { after = 9 skills = { \"de=1\" } } relax { after = 10 }")
			ABLE("skills = { \"de\" }"),
		DEMANDING("sensitivity = \"confidential\"") ABLE("workplace = \"home\""),
		DEMANDING("sensitivity = \"strict\"")
			ABLE("workplace = \"home\""), /* who may come to the office */
		"office { clearance = \"general\" } agreement { folder = \"/x\" "
		"reconfirm = 0 }\n" DEMANDING("sensitivity = \"confidential\"")
			ABLE("workplace = \"home\""),
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct config c = { 0 };
		char said[SAID_MAX];
		int err = read_text(&c, texts[i], said);

		if (err)
			fail_msg("%s said: %s", texts[i], said);
		assert_string_equal(said, "");
		assert_int_equal(c.n_queues, 1);
		config_close(&c);
	}
}

/* Everything by IPv6: addresses alone without brackets, with a port in them. */
static void test_ipv6(void **state)
{
	static const struct {
		const char *given, *server;
		uint16_t port;
	} servers[] = {
		{ "2001:db8::7", "2001:db8::7", 0 },
		{ "[2001:db8::7]", "2001:db8::7", 0 },
		{ "[2001:db8::7]:5070", "2001:db8::7", 5070 },
		{ "::1", "::1", 0 },
	};
	char text[1024], said[SAID_MAX];
	struct config c = { 0 };

	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		snprintf(text, sizeof text,
			"sip { address = \"2001:db8::5\" public = \"2001:db8::6\" "
			"outbound = \"%s\" caller-id = \"1\" session-expires = 0 }\n"
			"relay { address = \"::1\" }\n"
			"trunk \"t\" { server = \"%s\" caller-id = \"1\" }\n" HOUSE,
			servers[i].given, servers[i].given);
		assert_int_equal(read_text(&c, text, said), 0);
		assert_string_equal(c.trunks[0].server, servers[i].server);
		assert_true(c.trunks[0].is_address);
		assert_int_equal(c.trunks[0].port, servers[i].port);
		assert_string_equal(c.outbound_name, servers[i].server);
		assert_int_equal(c.outbound_port, servers[i].port);
		/* it stands in URIs */
		assert_int_equal(c.outbound_host[0], '[');
		assert_string_equal(c.relay_addr, "::1");
		assert_int_equal(c.sip_session_s, 0);
		config_close(&c);
	}
}

/* A peer's own word, or the house's; likewise where it calls. */
static void test_srtp(void **state)
{
	static const char text[] =
		"sip { srtp = \"never\" outbound-srtp = \"required\" peers = { "
		"\"192.0.2.7\", \"192.0.2.0/24 srtp=required\", "
		"\"2001:db8::/32  srtp=offered\" } }\n" HOUSE;
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(read_text(&c, text, said), 0);
	assert_int_equal(c.n_peers, 3);
	assert_int_equal(c.peers[0].srtp, TRUNK_SRTP_NEVER);
	assert_int_equal(c.peers[1].srtp, TRUNK_SRTP_REQUIRED);
	assert_string_equal(c.peers[1].addr, "192.0.2.0");
	assert_int_equal(c.peers[1].prefix_bits, 24);
	assert_int_equal(c.peers[2].srtp, TRUNK_SRTP_OFFERED);
	assert_int_equal(c.peers[2].prefix_bits, 32);
	assert_int_equal(c.srtp, TRUNK_SRTP_NEVER);
	assert_int_equal(c.outbound_srtp, TRUNK_SRTP_REQUIRED);
	config_close(&c);
	assert_int_equal(read_text(&c, "sip { srtp = \"required\" }\n" HOUSE, said), 0);
	assert_int_equal(c.outbound_srtp, TRUNK_SRTP_REQUIRED);
	config_close(&c);
}

static void test_what_routing_needs(void **state)
{
	static const char text[] = DEMANDING(
		"priority = 3 target = 30 sensitivity = \"confidential\" "
		"skills = { \"fr=2\", \"law\" } "
		"relax { after = 60 skills = { \"fr\" } }")
		ABLE("workplace = \"home\" skills = { \"de=7\", \"fr=3\" }");
	struct config c = { 0 };
	const struct acd_queue_config *q;
	char said[SAID_MAX];

	assert_int_equal(read_text(&c, text, said), 0);
	q = &c.queues[0].app.acd;
	assert_int_equal(q->priority, 3);
	assert_int_equal(q->target_ms, 30000);
	assert_int_equal(q->sensitivity, 1);
	assert_int_equal(c.n_skills, 3);
	assert_string_equal(c.skills[0], "fr");
	assert_string_equal(c.skills[2], "de");
	assert_int_equal(acd_skills_level(&q->skills, 0), 2);
	assert_int_equal(acd_skills_level(&q->skills, 1), 1);
	assert_int_equal(q->n_relax, 1);
	assert_int_equal(q->relax[0].after_ms, 60000);
	assert_int_equal(acd_skills_level(&q->relax[0].skills, 0), 1);
	assert_int_equal(acd_skills_level(&q->relax[0].skills, 1), 0);
	assert_int_equal(acd_skills_level(&c.agents[0].skills, 2), 7);
	assert_int_equal(c.agents[0].clearance, 2); /* at most; home has 1 */
	config_close(&c);
}

static void test_a_caller_page_with_a_menu(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	if (read_text(&c,
		    "web { caller-page = true caller-page-menu = \"m\" }\n" MENU(
			    "keys = { \"1=a\" }"),
		    said))
		fail_msg("said: %s", said);
	assert_int_equal(c.caller.menu, 1);
	assert_int_equal(c.caller_page_queue, 0);
	config_close(&c);
}

static void test_what_a_caller_page_has(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	if (read_text(&c,
		    CALLER("queues = { \"fr=b\" } caller-page-origins = { "
			   "\"https://www.example.org\", \"http://localhost:8000\" } "
			   "caller-page-at-once = 0") "queue \"b\" { number = \"101\" "
						      "name = "
						      "\"B\" language = \"fr\" }\n",
		    said))
		fail_msg("said: %s", said);
	assert_true(c.caller_token); /* unless it is said otherwise */
	assert_string_equal(
		c.caller_frames, "https://www.example.org http://localhost:8000");
	assert_int_equal(c.caller.n_languages, 1);
	assert_string_equal(c.caller.by_language[0].language, "fr");
	assert_int_equal(c.caller.by_language[0].queue, 1);
	assert_int_equal(c.caller.per_address, 0);
	assert_int_equal(c.caller.per_minute, 6);
	assert_int_equal(c.caller.most, 50);
	config_close(&c);
}

static void test_what_a_menu_has(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];
	const struct app_menu_config *m = &c.menus[0].app;

	if (read_text(&c,
		    MENU("keys = { \"1=a\", \"#=b\" } timeout = 9") "queue \"b\" { "
								    "number = "
								    "\"101\" name = "
								    "\"B\" language = "
								    "\"en\" }\n",
		    said))
		fail_msg("said: %s", said);
	assert_int_equal(c.n_menus, 1);
	assert_string_equal(m->title, "m");
	assert_string_equal(m->number, "3");
	assert_string_equal(c.menus[0].clip, "c");
	assert_int_equal(m->menu.n_keys, 2);
	assert_int_equal(m->menu.keys[0].key, 1);
	assert_int_equal(m->menu.keys[1].key, KEYPAD_HASH);
	assert_int_equal(m->menu.keys[1].queue, 1);
	assert_int_equal(m->menu.queue, 0);
	assert_int_equal(m->menu.tries, 2);
	assert_int_equal(m->menu.timeout_ms, 9000);
	config_close(&c);
}

static void test_home_days(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(
		read_text(&c,
			"home-days { seats = 5 team-day = \"We\" week-hours = 50\n"
			"site \"Zug\" { seats = 2 agents = { \"anna\" } }\n"
			"team \"a\" { day = \"Th\" } }\n" HOUSE,
			said),
		0);
	assert_int_equal(c.week.rules.home_days, 2);
	assert_int_equal(c.week.rules.seats[0], 5);
	assert_int_equal(c.week.rules.seats[1], 2);
	assert_string_equal(c.week.sites[1], "Zug");
	assert_int_equal(c.week.n_places, 1);
	assert_string_equal(c.week.places[0].login, "anna");
	assert_int_equal(c.week.places[0].site, 1);
	assert_int_equal(c.week.team_days, 1 << 2);
	assert_int_equal(c.week.queue_team_days[0], 1 << 3);
	assert_int_equal(c.week.rules.week_min, 3000);
	assert_int_equal(c.week.rules.rest_min, 660);
	assert_int_equal(c.week.rules.reach_min, 840);
	assert_false(c.week.house_sum); /* N7 */
	config_close(&c);
}

static void test_what_diverts(void **state)
{
	static const char text[] = CALLS "timezone = \"Europe/Zurich\"\n" DEMANDING(
		"farewell = \"bye\" open = { \"Mo-Fr 08:00-18:00\", "
		"\"22:00-06:00\" } closed-days = { \"12-25\", \"2027-01-02\" } "
		"announce = 90 "
		"divert { when = \"closed\" to = \"message\" clip = \"shut\" } "
		"divert { when = \"waiting\" limit = 20 to = \"queue\" queue = "
		"\"b\" } "
		"divert { when = \"expected-wait\" limit = 600 after = 30 to = "
		"\"callback\" } "
		"divert { when = \"nobody\" to = \"message\" }") AGENT
		"queue \"b\" { number = \"101\" name = \"B\" language = \"en\" announce "
		"= 0 }\n";
	struct config c = { 0 };
	const struct acd_queue_config *q;
	char said[SAID_MAX];

	if (read_text(&c, text, said))
		fail_msg("said: %s", said);
	assert_string_equal(c.timezone, "Europe/Zurich");
	q = &c.queues[0].app.acd;
	assert_int_equal(c.queues[0].app.hours.n_spans, 2);
	assert_int_equal(c.queues[0].app.hours.spans[1].from, 1320);
	assert_int_equal(c.queues[0].app.hours.n_closed, 2);
	assert_int_equal(c.queues[0].app.hours.closed[1].year, 2027);
	assert_int_equal(c.queues[0].app.announce_ms, 90000);
	assert_int_equal(q->n_diversions, 4);
	assert_int_equal(q->diversions[0].when, ACD_IF_CLOSED);
	assert_int_equal(q->diversions[0].to, ACD_DIVERT_MESSAGE);
	assert_string_equal(c.queues[0].messages[q->diversions[0].target], "shut");
	assert_int_equal(q->diversions[1].when, ACD_IF_LENGTH);
	assert_int_equal(q->diversions[1].limit, 20);
	assert_int_equal(q->diversions[1].to, ACD_DIVERT_QUEUE);
	assert_int_equal(q->diversions[1].target, 1);
	assert_int_equal(q->diversions[2].when, ACD_IF_WAIT);
	assert_int_equal(q->diversions[2].limit, 600000);
	assert_int_equal(q->diversions[2].after_ms, 30000);
	assert_int_equal(q->diversions[2].to, ACD_DIVERT_CALLBACK);
	assert_string_equal(c.queues[0].callback, "callback-de");
	assert_string_equal(c.queues[0].called_back, "called-back-de");
	assert_string_equal(c.queues[1].callback, "");
	assert_true(c.calls_back);
	assert_string_equal(c.outbound_host, "carrier.example:5070");
	assert_string_equal(c.outbound_name, "carrier.example");
	assert_int_equal(c.outbound_port, 5070);
	assert_string_equal(c.caller_id, "+41440000000");
	assert_int_equal(q->callback_tries, 3);
	assert_int_equal(q->retry_ms, 300000);
	assert_int_equal(q->callback_ms, 28800000);
	assert_int_equal(q->dial_ms, 60000);
	assert_int_equal(q->diversions[3].when, ACD_IF_NOBODY);
	assert_string_equal(c.queues[0].messages[q->diversions[3].target], "bye");
	assert_true(hours_are_always(&c.queues[1].app.hours));
	assert_int_equal(c.queues[1].app.announce_ms, 0);
	assert_int_equal(c.queues[1].app.acd.n_diversions, 0);
	config_close(&c);
}

static void test_too_many_skills(void **state)
{
	char text[4096], said[SAID_MAX];
	struct config c = { 0 };
	int n = snprintf(text, sizeof text,
		QUEUE "agent \"anna\" { name = \"Anna\" queues = "
		      "{ \"a\" } skills = { \"s0\"");

	for (int i = 1; i <= ACD_SKILLS_MAX; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, ", \"s%d\"", i);
	snprintf(text + n, sizeof text - (size_t)n, " } }\n");
	assert_int_equal(read_text(&c, text, said), EINVAL);
	assert_non_null(strstr(said, "no more than 64 different skills"));
}

static void test_demo(void **state)
{
	struct config c = { 0 };
	char said[SAID_MAX];

	assert_int_equal(read_and_hear(&c, demo, said), 0);
	assert_string_equal(said, "");
	assert_int_equal(c.n_queues, 2);
	assert_int_equal(c.n_agents, 2);
	assert_string_equal(c.queues[0].title, "post");
	assert_string_equal(c.agents[0].store.login, "anna");
	assert_int_equal(c.agents[0].store.workplace, STORE_HOME);
	assert_int_equal(c.agents[0].queues.w[0], 3);
	assert_int_equal(c.queues[0].app.announce_ms, 60000);
	assert_int_equal(c.queues[1].app.announce_ms, 60000); /* by itself */
	config_close(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_all_mistakes_are_told_at_once),
		cmocka_unit_test(test_no_text),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_srtp),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_what_routing_needs),
		cmocka_unit_test(test_a_caller_page_with_a_menu),
		cmocka_unit_test(test_what_a_caller_page_has),
		cmocka_unit_test(test_what_a_menu_has),
		cmocka_unit_test(test_home_days),
		cmocka_unit_test(test_what_diverts),
		cmocka_unit_test(test_too_many_skills),
		cmocka_unit_test(test_demo),
	};

	if (argc < 2)
		return 2;
	demo = argv[1];
	return cmocka_run_group_tests_name("main_config", tests, NULL, NULL);
}
