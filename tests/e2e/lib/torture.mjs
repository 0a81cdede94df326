// SPDX-License-Identifier: AGPL-3.0-or-later
//
// torture -- odd and broken SIP messages, in the manner of RFC 4475, whose sections are named; the words are ours.
//
// A row: [name, section, what must come back, the message].  What comes back is a final status, a list of them
// where the RFC leaves a choice, or SILENCE.  The message is what differs from a plain one, see message(); or a
// function that gives it whole.  c: { at, me, id, sdp }, the centre's and our "address:port", a word of this row
// alone, and a good session description.

export const SILENCE = 0;
// A good call where nobody works: what every well-formed INVITE to number 100 gets.
export const NOBODY = 480;
// What the RFCs want, where it can be answered; but sofia-sip drops a start line that it cannot read (a Request-URI that
// is none, a method with + or `) before anybody could answer.  See docs/sip.md.
const dropped = (status) => [status, SILENCE];

// A message of the named parts; null leaves a part out, undefined takes the plain one.
export function message(c, parts) {
	const { method = 'INVITE', uri = `sip:100@${c.at}`, version = 'SIP/2.0', more = [] } = parts;
	const { body = method === 'INVITE' ? c.sdp : '' } = parts;
	const plain = { line: `${method} ${uri} ${version}`, via: `Via: SIP/2.0/UDP ${c.me};branch=z9hG4bK${c.id}`,
		max: 'Max-Forwards: 70', from: `From: <sip:0791234567@${c.me}>;tag=${c.id}`, to: `To: <sip:100@${c.at}>`,
		callId: `Call-ID: ${c.id}`, cseq: `CSeq: 1 ${method}`, contact: `Contact: <sip:0791234567@${c.me}>`,
		type: body ? 'Content-Type: application/sdp' : null, length: `Content-Length: ${Buffer.byteLength(body)}` };
	const taken = Object.entries(plain).map(([name, value]) => (parts[name] === undefined ? value : parts[name]));
	return [...taken.filter((part) => part !== null), ...more, '', body].join('\r\n');
}

const options = (parts = {}) => ({ method: 'OPTIONS', ...parts });

const valid = [
	['all at once: folded, mixed case, blanks, unknown parts, leading zeros', '3.1.1.1', NOBODY, (c) =>
		`INVITE sip:100@${c.at};unknownparam SIP/2.0\r\nTO :\r\n <sip:100@${c.at}>  ;   tag2   = 1918\r\n` +
		`from   : "A \\\\\\"B\\"" <sip:anrufer@${c.me}>\r\n  ;\r\n  tag = ${c.id}\r\nMaX-fOrWaRdS: 0068\r\n` +
		`Call-ID: ${c.id}\r\nContent-Length   : ${c.sdp.length}\r\ncseq: 0009\r\n  INVITE\r\n` +
		`Via  : SIP  /   2.0\r\n /UDP\r\n    ${c.me};branch=z9hG4bK${c.id}\r\ns :\r\n` +
		'NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n' +
		'UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n' +
		'v:  SIP  / 2.0  / TCP     192.0.2.7  ;\r\n  branch  =   z9hG4bK30239,' +
		' SIP  /    2.0   / UDP  192.0.2.8   ; branch=z9hG4bK390\r\n' +
		`m:"Q" <sip:a@${c.me};newparam;lr>; newparam =\r\n  newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n${c.sdp}`],
	['a method of every character that one may have', '3.1.1.2', dropped(501), { method: '!interesting-Method0123456789_*+`.%indeed\'~',
		body: '' }],
	['every character in a user part', '3.1.1.2', 404, (c) => message(c, {
		uri: `sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@${c.at}` })],
	['escapes in the called number', '3.1.1.3', NOBODY, (c) => message(c, { uri: `sip:%31%30%30@${c.at}` })],
	['a SIPS address escaped in the user part', '3.1.1.3', 404, (c) => message(c, { uri: `sip:sips%3Auser%40example.com@${c.at}` })],
	['escapes in From and Contact', '3.1.1.3', NOBODY, (c) => message(c, {
		from: `From: <sip:I%20have%20spaces@${c.me}>;tag=${c.id}`,
		contact: `Contact:\r\n  <sip:cal%6Cer@${c.me};%6C%72;n%61me=v%61lue%25%34%31>` })],
	['an escaped NUL in From', '3.1.1.4', NOBODY, (c) => message(c, { from: `From: sip:null-%00-null@${c.me};tag=${c.id}` })],
	['an escaped NUL in the called number', '3.1.1.4', [400, 404], (c) => message(c, { uri: `sip:100%00@${c.at}` })],
	['a percent sign in a method is none of its escapes', '3.1.1.5', 501, { method: 'RE%47IST%45R', body: '' }],
	['no blank between display name and address', '3.1.1.6', 200, (c) => message(c, options({
		from: `From: caller<sip:caller@${c.me}>;tag=${c.id}` }))],
	['long values', '3.1.1.7', NOBODY, (c) => message(c, {
		to: `To: "I have a user name of ${'extreme '.repeat(40)}proportion" <sip:100@${c.at};` +
			`unknownparam1=verylong${'value'.repeat(20)};longparam${'name'.repeat(25)}=shortvalue;verylong${'name'.repeat(25)}>`,
		from: `From: sip:${'amazinglylongcallername'.repeat(5)}@${c.me};tag=12${'982'.repeat(50)}424;unknown${'headerparamname'.repeat(20)}=x`,
		callId: `Call-ID: ${c.id}longreq.one${'really'.repeat(60)}longcallid`,
		via: [`Via: SIP/2.0/UDP ${c.me};branch=z9hG4bK${c.id}`, ...Array.from({ length: 33 }, (_, i) =>
			`v: SIP/2.0/TCP sip${i + 1}.example.com`), `Via: SIP/2.0/UDP host.example.com;branch=very${'long'.repeat(60)}branchvalue`].join('\r\n'),
		more: [`Unknown-${'Long'.repeat(20)}-Name: unknown-${'long'.repeat(20)}-value; unknown-${'long'.repeat(20)}-parameter`] })],
	['a second request behind the first in one datagram', '3.1.1.8', 200, (c) => message(c, options()) +
		message(c, { callId: `Call-ID: ${c.id}-second` })],
	['semicolons in a user part', '3.1.1.9', 404, (c) => message(c, { uri: `sip:user;par=u%40example.net@${c.at}` })],
	['transports that are none of ours, further down', '3.1.1.10', 200, (c) => message(c, options({
		via: ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'].map((is, i) =>
			`Via: SIP/2.0/${is} ${i ? `t${i}.example.com` : c.me};branch=z9hG4bK${c.id}${i}`).join('\r\n') }))],
	['a body in parts', '3.1.1.11', 415, { type: 'Content-Type: multipart/mixed;boundary=7a9cbec02ceef655',
		body: '--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n' +
			'--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n\0\x01\x7f\r\n--7a9cbec02ceef655--\r\n' }],
	['a MESSAGE with a body of bytes', '3.1.1.11', 405, { method: 'MESSAGE', type: 'Content-Type: application/octet-stream', body: '\0\r\n\0' }],
	['a response with an unusual reason', '3.1.1.12', SILENCE, (c) => message(c, { line: 'SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e' })],
	['a response without a reason', '3.1.1.13', SILENCE, (c) => message(c, { line: 'SIP/2.0 100 ' })],

	['short names of all headers', '3.1.1.1', NOBODY, (c) => `INVITE sip:100@${c.at} SIP/2.0\r\nv:SIP/2.0/UDP ${c.me};branch=z9hG4bK${c.id}\r\n` +
		`f:<sip:anrufer@${c.me}>;tag=${c.id}\r\nt:<sip:100@${c.at}>\r\ni:${c.id}\r\nCSeq:1 INVITE\r\nm:<sip:a@${c.me}>\r\n` +
		`c:application/sdp\r\nk:100rel\r\ns:\r\ne:identity\r\nl:${c.sdp.length}\r\n\r\n${c.sdp}`],
	['tabs for blanks', '3.1.1.1', 200, (c) => message(c, options({ cseq: 'CSeq\t:\t1\tOPTIONS', max: 'Max-Forwards\t:\t70' }))],
	['blank lines before the request', 'RFC 3261 7.5', 200, (c) => `\r\n\r\n${message(c, options())}`],
	['the version in small letters', 'RFC 3261 7.1', [200, SILENCE], options({ version: 'sip/2.0' })],
	['addresses without brackets', 'RFC 3261 20.20', 200, (c) => message(c, options({ from: `From: sip:anrufer@${c.me};tag=${c.id}`,
		to: `To: sip:100@${c.at}` }))],
	['no Content-Length: the body is the rest of the datagram', 'RFC 3261 18.3', NOBODY, { length: null }],
	['bytes behind the body', 'RFC 3261 18.3', NOBODY, (c) => `${message(c, {})}and more\0of it`],
	['an empty header', 'RFC 3261 7.3.1', 200, options({ more: ['Subject:', 'Supported:', 'Organization: '] })],
	['a name in UTF-8', 'RFC 3261 25.1', NOBODY, (c) => message(c, { from: `From: "M\u00fcller \u540d\u524d" <sip:anrufer@${c.me}>;tag=${c.id}` })],
	['an IPv6 address in Contact', 'RFC 3261 25.1', NOBODY, { contact: 'Contact: <sip:a@[2001:db8::9:1]:5070>' }],
	['a route to us', 'RFC 3261 16.4', 200, (c) => message(c, options({ more: [`Route: <sip:${c.at};lr>`] }))],
	['Proxy-Require is not ours to read', 'RFC 3261 8.2.2.3', 200, options({ more: ['Proxy-Require: noProxiesSupportThis'] })],
	['a parameter behind the number', 'RFC 3261 19.1.6', [NOBODY, 404], (c) => message(c, { uri: `sip:100;phone-context=example.com@${c.at};user=phone` })],
	['as it was in RFC 2543: no branch, no tag, no Max-Forwards', '3.4.1', NOBODY, (c) => message(c, { via: `Via: SIP/2.0/UDP ${c.me}`,
		from: `From: <sip:anrufer@${c.me}>`, max: null, length: null })],
	['a branch of the cookie alone', '3.2.1', [200, 400], (c) => message(c, options({ via: `Via: SIP/2.0/UDP ${c.me};branch=z9hG4bK` }))],
];

const invalid = [
	['separators too many in Contact', '3.1.2.1', 400, (c) => message(c, { contact: `Contact: "Joe" <sip:joe@${c.me}>;;;;,;` })],
	['separators too many in Via', '3.1.2.1', [400, SILENCE], (c) => message(c, { via: `Via: SIP/2.0/UDP ${c.me};;,;,,` })],
	['Content-Length beyond the message', '3.1.2.2', 400, { length: 'Content-Length: 9999' }],
	['Content-Length one byte beyond the message', '3.1.2.2', 400, (c) => message(c, { length: `Content-Length: ${c.sdp.length + 1}` })],
	['a negative Content-Length', '3.1.2.3', 400, { length: 'Content-Length: -999' }],
	['a Content-Length that is no number', '3.1.2.3', 400, { length: 'Content-Length: many' }],
	['a sequence number beyond 64 bits', '3.1.2.4', 400, { cseq: 'CSeq: 36893488147419103232 INVITE' }],
	['a sequence number of 2^31', '3.1.2.4', 400, { cseq: 'CSeq: 2147483648 INVITE' }],
	['a negative sequence number', '3.1.2.4', 400, { cseq: 'CSeq: -1 INVITE' }],
	['Max-Forwards of 300', '3.1.2.4', 400, options({ max: 'Max-Forwards: 300' })],
	['Max-Forwards beyond 64 bits', '3.1.2.4', 400, options({ max: 'Max-Forwards: 36893488147419103232' })],
	['a negative Max-Forwards', '3.1.2.4', 400, options({ max: 'Max-Forwards: -1' })],
	['a response with numbers too large', '3.1.2.5', SILENCE, (c) => message(c, { line: 'SIP/2.0 503 Service Unavailable',
		cseq: 'CSeq: 9292394834772304023312 OPTIONS', more: ['Retry-After: 949302838503028349304023988', 'Warning: 1812 overture "In Progress"'] })],
	['an open quote in To', '3.1.2.6', 400, (c) => message(c, { to: `To: "Mr. J. User <sip:100@${c.at}>` })],
	['an open bracket in To', '3.1.2.6', 400, (c) => message(c, { to: `To: <sip:100@${c.at}` })],
	['brackets around the Request-URI', '3.1.2.7', 400, (c) => message(c, { uri: `<sip:100@${c.at}>` })],
	['blanks within the Request-URI', '3.1.2.8', dropped(400), (c) => message(c, { uri: `sip:100@${c.at}; lr` })],
	['two blanks in the start line', '3.1.2.9', [400, NOBODY], (c) => message(c, { line: `INVITE  sip:100@${c.at}  SIP/2.0` })],
	['a blank at the end of the start line', '3.1.2.10', [400, NOBODY], { version: 'SIP/2.0 ' }],
	['headers within the Request-URI', '3.1.2.11', [400, NOBODY], (c) => message(c, { uri: `sip:100@${c.at}?Route=%3Csip:example.com%3E` })],
	['a date in a zone of its own', '3.1.2.12', [400, NOBODY], { more: ['Date: Fri, 01 Jan 2010 16:00:00 EST'] }],
	['a Contact with headers, without brackets', '3.1.2.13', [400, 403], (c) => message(c, { method: 'REGISTER',
		contact: `Contact: sip:user@${c.me}?Route=%3Csip:sip.example.com%3E` })],
	['blanks within an address', '3.1.2.14', [400, 200], (c) => message(c, options({ to: `To: "Watson" < sip:100@${c.at} >` }))],
	['a comma in a display name without quotes', '3.1.2.15', [400, 200], (c) => message(c, options({ from: `From: Bell, Alexander <sip:a@${c.me}>;tag=${c.id}` }))],
	['a version that nobody speaks', '3.1.2.16', 505, options({ version: 'SIP/7.0' })],
	['an older version', '3.1.2.16', 505, options({ version: 'SIP/1.0' })],
	['the methods of start line and CSeq differ', '3.1.2.17', 400, options({ cseq: 'CSeq: 8 INVITE' })],
	['the same with a method that nobody knows', '3.1.2.18', [400, 501], { method: 'NEWMETHOD', cseq: 'CSeq: 8 INVITE', body: '' }],
	['a response whose status is too large', '3.1.2.19', SILENCE, (c) => message(c, { line: 'SIP/2.0 4294967301 better not break the receiver' })],

	['no Call-ID', '3.3.1', 400, { callId: null }],
	['no From', '3.3.1', 400, { from: null }],
	['no To', '3.3.1', 400, { to: null }],
	['no CSeq', '3.3.1', 400, { cseq: null }],
	['no Via: nobody to answer', '3.3.1', SILENCE, { via: null }],
	['no Contact in an INVITE', 'RFC 3261 8.1.1.8', 400, { contact: null }],
	['a scheme that nobody knows', '3.3.2', 416, options({ uri: 'nobodyKnowsThisScheme:totallyopaquecontent' })],
	['a scheme that is known, but not here', '3.3.3', 416, options({ uri: 'soap.beep://192.0.2.103:3002' })],
	['a telephone number as the Request-URI', '3.3.3', 416, { uri: 'tel:+41441234567' }],
	['schemes that nobody knows in From and To', '3.3.4', 200, options({ from: 'From: <http://www.example.com>;tag=x', to: 'To: isbn:2983792873' })],
	['a scheme that nobody knows in Contact', '3.3.4', 400, { contact: 'Contact: <name:John_Smith>' }],
	['extensions that nobody knows', '3.3.5', 420, options({ more: ['Require: nothingSupportsThis, nothingSupportsThisEither'] }), { unsupported: /nothingSupportsThis, nothingSupportsThisEither/ }],
	['a body of a type that nobody knows', '3.3.6', 415, { type: 'Content-Type: application/unknownformat' }, { accept: /application\/sdp/ }],
	['a body in a form that is not read', 'RFC 3261 8.2.3', 415, { more: ['Content-Encoding: gzip'] }, { 'accept-encoding': /identity/ }],
	['a credential of a scheme that nobody knows', '3.3.7', [401, 403], { method: 'REGISTER', more: ['Authorization: NoOneKnowsThisScheme opaque-data=here'] }],
	['two of what there is one of', '3.3.8', 400, (c) => message(c, options({ more: ['CSeq: 5 BYE', `Call-ID: ${c.id}-2`, 'Max-Forwards: 5', `To: <sip:b@${c.at}>`] }))],
	['two lengths of the body', '3.3.9', 400, options({ more: ['Content-Length: 5'] })],
	['a response to somebody else', '3.3.10', SILENCE, (c) => message(c, { line: 'SIP/2.0 200 OK', via: `Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK${c.id}` })],
	['Max-Forwards used up', '3.3.11', 483, { max: 'Max-Forwards: 0' }],
	['only answers that we have not are wanted', '3.3.15', [406, NOBODY], { more: ['Accept: text/nobodyKnowsThis'] }],

	['a body too large', 'RFC 3261 21.4.11', 413, (c) => message(c, { body: c.sdp + 'a=x:0123456789abcdef\r\n'.repeat(500) })],
	['a called number too long', 'RFC 3261 21.4.12', 414, (c) => message(c, { uri: `sip:${'1'.repeat(129)}@${c.at}` })],
	['a broken escape in the called number', 'RFC 3261 25.1', dropped(400), (c) => message(c, { uri: `sip:10%g0@${c.at}` })],
	['a line break escaped in the called number', 'RFC 3261 25.1', [400, 404], (c) => message(c, { uri: `sip:100%0d%0aheimamt%20info:%20forged@${c.at}` })],
	['a line break escaped in From', 'RFC 3261 25.1', NOBODY, (c) => message(c, { from: `From: <sip:0791234567%0d%0aforged@${c.me}>;tag=${c.id}` })],
	['a method that nobody knows', 'RFC 3261 8.2.1', 501, { method: 'DANCE', body: '' }, { allow: /INVITE/ }],
	['a method that is not served', 'RFC 3261 8.2.1', 405, { method: 'SUBSCRIBE', body: '', more: ['Event: presence'] }, { allow: /INVITE/ }],
	['a BYE of no call', 'RFC 3261 15.1.2', 481, (c) => message(c, { method: 'BYE', to: `To: <sip:100@${c.at}>;tag=none` })],
	['a CANCEL of no INVITE', 'RFC 3261 9.2', 481, { method: 'CANCEL' }],
	['an INVITE in no call', 'RFC 3261 12.2.2', 481, (c) => message(c, { to: `To: <sip:100@${c.at}>;tag=none` })],
	['an ACK of nothing', 'RFC 3261 17.2', SILENCE, { method: 'ACK' }],
	['a Via of TCP over UDP', 'RFC 3261 18.2.1', [400, SILENCE], (c) => message(c, options({ via: `Via: SIP/2.0/TCP ${c.me};branch=z9hG4bK${c.id}` }))],
	['a Via of nothing', 'RFC 3261 18.2.1', SILENCE, { via: 'Via: ;;;,;' }],
	['a Via whose port is none', 'RFC 3261 18.2.2', [400, SILENCE], (c) => message(c, options({ via: `Via: SIP/2.0/UDP 127.0.0.1:65536;branch=z9hG4bK${c.id}` }))],
	['a Request-URI without a host', 'RFC 3261 19.1.1', dropped(400), options({ uri: 'sip:100@' })],
	['a port that is none in the Request-URI', 'RFC 3261 19.1.1', [400, NOBODY], { uri: 'sip:100@127.0.0.1:99999' }],
	['a header without a colon', 'RFC 3261 7.3.1', [400, 200], options({ more: ['this is no header'] })],
	['a start line alone', 'RFC 3261 7', SILENCE, () => 'INVITE sip:100@127.0.0.1 SIP/2.0\r\n\r\n'],
	['HTTP', 'RFC 3261 7', SILENCE, () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
	['bytes of no meaning', 'RFC 3261 7', SILENCE, () => Buffer.from([0, 255, 13, 10, 13, 10, 254, 0, 1])],
];

export const rows = [...valid, ...invalid].map(([name, section, want, parts, headers = {}]) => ({ name, headers,
	section: /^RFC/.test(section) ? section : `RFC 4475 ${section}`, want: [want].flat(),
	bytes: (c) => (typeof parts === 'function' ? parts(c) : message(c, parts)) }));
