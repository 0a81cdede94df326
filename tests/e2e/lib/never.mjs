// SPDX-License-Identifier: AGPL-3.0-or-later
//
// never -- judges what a whole shift left behind and sent: against DESIGN's "What it never does", RULES N1-N3, N10, V1, L1.
//
// Everything is allowed by name or it is a finding: each message and member by docs/desk-protocol.md, each column by the
// register (heimamt own --register), each request, each file.  And nothing may be allowed that has a forbidden name.  Pure: a
// report comes in (lib/shift.mjs makes it), findings come out, as sentences.

// Parts of names, of messages' members and of tables and columns alike: what no datum of this product is about.
const FORBIDDEN = new Set(['idle', 'mouse', 'pointer', 'cursor', 'click', 'clicks', 'keystroke', 'keystrokes', 'keylog', 'typing', 'typed', 'scroll',
	'focus', 'blur', 'visible', 'visibility', 'activity', 'inactive', 'inactivity', 'latitude', 'longitude', 'geo', 'gps', 'location', 'ssid', 'bssid',
	'camera', 'video', 'photo', 'screenshot', 'screen', 'screens', 'battery', 'motion', 'voiceprint', 'biometric', 'speaker', 'emotion', 'mood', 'sentiment',
	'stress', 'rank', 'ranking', 'score', 'rating', 'percentile', 'leaderboard', 'productivity', 'recording', 'listening', 'listener', 'monitor',
	'whisper', 'eavesdrop', 'telemetry', 'analytics', 'fingerprint', 'disturbance', 'disturbances', 'cause']);

const words = (name) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z]+/);
export const forbidden = (name) => words(name).find((w) => FORBIDDEN.has(w)) ?? null;

// Every member's name, at any depth.
export function members(value, found = new Set()) {
	if (Array.isArray(value))
		value.forEach((v) => members(v, found));
	else if (value && typeof value === 'object')
		for (const [key, v] of Object.entries(value)) {
			found.add(key);
			members(v, found);
		}
	return found;
}

// What docs/desk-protocol.md allows: message -> names of members. Those of its example, and those that its row or section
// names in code.
export function documented(markdown) {
	const known = new Map();
	const add = (t, names) => known.set(t, new Set([...(known.get(t) ?? []), ...names]));
	const code = (text) => [...text.matchAll(/`([^`]+)`/g)].map((m) => m[1]);
	const read = (text) => {
		const examples = [...code(text), ...[...text.matchAll(/```json\n([^]*?)```/g)].map((m) => m[1])].filter((c) => c.trim().startsWith('{"t":'));
		for (const example of examples) {
			const names = [...example.matchAll(/"([a-z][a-z0-9_]*)"\s*:/g)].map((m) => m[1]);
			add(/"t":"([^"]+)"/.exec(example)[1], [...names, ...code(text.replace(/```[^]*?```/g, '')).filter((c) => /^[a-z_]+$/.test(c))]);
		}
	};
	const [first, ...sections] = markdown.split(/^### /m);
	first.split('\n').filter((line) => line.startsWith('|')).forEach(read);
	sections.forEach((s) => {
		const [own, ...rest] = s.split(/^## /m);
		read(own);
		rest.join('\n').split('\n').filter((line) => line.startsWith('|')).forEach(read);
	});
	return known;
}

const REQUESTS = [
	/^GET \/(desk|common|lib|login|own|caller)\/[\w./-]*$/, // the house's own pages and scripts
	/^GET \/login\/TOKEN$/,
	/^GET \/favicon\.ico$/,
	/^GET \/ws\/desk$/,
	/^GET \/api\/(me|own|pulse)$/, // pulse: is the weekly question asked?
	/^POST \/api\/week\/today$/, // the workplace that the shift begins at, for the week's plan
	/^POST \/account\/code(\/draft)?$/, // a second factor is set up, before a home is declared
	/^POST \/(login|logout)$/,
	/^POST \/login\/(ways|sign-on(\/back|\/leave)?)$/, // which ways in the house has; the provider of identities, to it and back
];

const loopback = (address) => /^(127\.|0\.0\.0\.0$|::1?$|::ffff:127\.)/.test(address);

const RULES = {
	// Each message and each of its members has its place in the protocol's document.
	messages: ({ phases, protocol }) => phases.flatMap((p) => [...p.sent, ...p.received].flatMap((m) => {
		const known = protocol.get(m.t);
		if (!known)
			return [`${p.name}: a message "${m.t}" that docs/desk-protocol.md does not know`];
		return [...members(m)].filter((name) => !known.has(name)).map((name) => `${p.name}: "${m.t}" has "${name}", of which docs/desk-protocol.md says nothing`);
	})),
	// And the document itself may not come to allow what is forbidden.
	names: ({ protocol }) => [...protocol].flatMap(([t, names]) => [...names].filter(forbidden)
		.map((name) => `docs/desk-protocol.md lets "${t}" say "${name}"`)),
	// While somebody moves the mouse, types, or does nothing, a page says "are you there?" and no more.
	behaviour: ({ phases }) => phases.filter((p) => p.behaviour).flatMap((p) => [
		...p.sent.filter((m) => m.t !== 'hello').map((m) => `${p.name}: the page said "${m.t}" by itself`),
		...p.sent.flatMap((m) => Object.keys(m).filter((k) => !['t', 'protocol', 'line', 'seat', 'ref'].includes(k))
			.map((k) => `${p.name}: a keep-alive carries "${k}"`)),
		...p.requests.map((r) => `${p.name}: the page asked for ${r.method} ${r.path} by itself`)]),
	// It is as silent while hands move as while they rest: one keep-alive in ten seconds, whatever the machine does.
	rhythm: ({ phases }) => phases.filter((p) => p.behaviour && p.sent.length > 2 + p.ms / 5000)
		.map((p) => `${p.name}: ${p.sent.length} messages in ${Math.round(p.ms / 1000)} s`),
	requests: ({ phases, base }) => phases.flatMap((p) => p.requests.flatMap((r) => {
		if (r.origin !== base)
			return [`${p.name}: a request to ${r.origin}`];
		return REQUESTS.some((x) => x.test(`${r.method} ${r.path}`)) ? [] : [`${p.name}: a request ${r.method} ${r.path} (${r.type})`];
	})),
	sockets: ({ phases, base }) => phases.flatMap((p) => p.opened.filter((url) => url !== `${base.replace(/^http/, 'ws')}/ws/desk`)
		.map((url) => `${p.name}: a WebSocket to ${url}`)),
	// Voice goes to the house's relay, and nothing but voice.
	rtc: ({ rtc }) => [
		...rtc.servers.map((s) => `a STUN or TURN server: ${JSON.stringify(s)}`),
		...rtc.remotes.filter((a) => !loopback(a)).map((a) => `the line's other end at ${a}`),
		...rtc.media.filter((m) => m !== 'audio').map((m) => `media of kind ${m}`),
		...(rtc.channels ? [`${rtc.channels} data channels`] : []),
		...rtc.captures.filter((c) => c.video || c.kind !== 'getUserMedia').map((c) => `a capture: ${JSON.stringify(c)}`),
		...rtc.apis.map((name) => `the page used ${name}`)],
	// Of the processes of the house. null: they could not be seen.
	peers: ({ peers }) => (peers ?? []).filter((a) => !loopback(a)).map((a) => `a connection to ${a}`),
	// Of the house, of the browser, of whoever. null: not counted.
	outside: ({ outside }) => (outside > 0 ? [`${outside} packets tried to leave the machine`] : []),
	schema: ({ columns, register }) => {
		const known = new Set(register.tables.flatMap((x) => x.columns.map((c) => `${x.table}.${c.name}`)));
		return columns.flatMap((c) => [...(known.has(c) ? [] : [`a column ${c} that the register does not know`]),
			...(forbidden(c) || /declar/.test(c) ? [`a column ${c}`] : [])]); // a declaration is in memory only [N10]
	},
	// Of each column it is said what it is for, and of what is about agents when it goes.
	purposes: ({ register }) => register.tables.flatMap((x) => [
		...(x.purpose && x.goes && x.readers.length ? [] : [`${x.table} has no purpose, reader or end`]),
		...x.columns.filter((c) => !c.what).map((c) => `${x.table}.${c.name} is for nothing`)]),
	files: ({ files }) => files.flatMap((f) => [
		...(/^(heimamt\.db(-wal|-shm)?|[\w-]+\.key|lock|[\w.-]*\.sock|relay[\w.-]*|ledger\/[\w.-]+|journal\/[\w.:-]+|encoded\/[0-9a-f]{64})$/.test(f.name) ? [] : [`a file ${f.name}`]),
		...(f.sound ? [`sound in ${f.name}`] : [])]),
	storage: ({ storage }) => [...storage.local, ...storage.session].filter((k) => !/^heimamt\.\w+$/.test(k) || forbidden(k)).map((k) => `the browser keeps ${k}`)
		.concat(storage.cookies.filter((k) => !['heimamt_session', 'heimamt_device', 'heimamt_sign_on'].includes(k.replace('__Host-', ''))).map((k) => `a cookie ${k}`)),
	log: ({ log }) => log.filter((l) => /declar|keystroke|mouse|idle|anna/i.test(l)).map((l) => `the log says: ${l}`),
};

export const RULE_NAMES = Object.keys(RULES);

// Sentences; none: it never did.
export function findings(report, only = RULE_NAMES) {
	return only.flatMap((name) => RULES[name](report).map((says) => `${name}: ${says}`));
}
