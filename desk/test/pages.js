// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * pages -- every page of the product with something on it, for the tests and pictures that walk through all of them.
 *
 * A scene is { name, folder, path, ready, api, show, act }: the folder that is served, the address, what stands there once it
 * is drawn, what /api/ answers, what the centre says to a page that connects (conn), and what is done on the page
 * before it is looked at.  Whoever adds a page adds a scene; pages.test.js names the folder that has none.
 * Names, numbers and keys are invented.
 */
import { CALL, TARGETS, view_of } from "./mock.js";
import { places, tables } from "./register.js";

const DAY = 86400000;
const NOW = Date.UTC(2026, 10, 23, 13, 5);
const me = (...roles) => ({ id: 1, login: "anna", name: "Anna Muster", roles });
const ALL_ROLES = me("agent", "lead", "officer", "administrator");

/* ---- what the house answers ---- */

const QUEUES = [
	{ name: "Kundendienst Post", language: "de", waiting: 3, closed: false },
	{ name: "Service clientèle", language: "fr", waiting: 0, closed: false },
	{ name: "Spenden", language: "de", waiting: 0, closed: true },
];
const NAMES = ["Anna Muster", "Beat Beispiel", "Céline Dubois-Exemple", "Dario Esempio", "Eva Muster", "Fritz Beispiel"];
const BOARD = { queues: QUEUES, staff: { present: 6, are: { free: 2, call: 2, work: 1, break: 1 } }, names: NAMES };

const PULSE = {
	on: true, week: "2026-W48", answered: false,
	weeks: [{ week: "2026-W47", counts: null }, { week: "2026-W46", counts: [6, 11, 3, 0, 1] }],
};

const option = (name, value, line) => ({ option: name, value, line, default: line === 0 });
const CONFIGURATION = {
	file: "/etc/heimamt/heimamt.conf", read_ms: NOW, reading: false, refused: null,
	complaints: [{ line: 60, hint: true, text: "sip: address is private: a carrier on the Internet finds it only with sip's public (and relay's)." }],
	waiting: [{ section: "sip", title: "", option: "port", line: 58, counts: "5060", file: "5080" }],
	carriers: [{ name: "example", state: "up", status: 200 }, { name: "other", state: "refused", status: 403 }],
	sections: [
		{ section: "", title: "", options: [option("node", "0", 9), option("timezone", "Europe/Zurich", 10)] },
		{ section: "sip", title: "", options: [option("port", "5060", 58), option("password", "***", 61)] },
		{ section: "queue", title: "post", options: [option("number", "100", 145), option("wrap-up", "30", 0)] },
	],
};

const spans = (at) => ({ absent: false, spans: [{ from: 480, to: 720, at }, { from: 780, to: 1020, at }] });
const OFF = { absent: false, spans: [] };
const PLAN = [spans("home"), spans("office"), spans("office"),
	{ absent: false, spans: [{ from: 480, to: 720, at: "home" }, { from: 810, to: 1050, at: "office" }] },
	{ ...spans("home"), absent: true }, OFF, OFF];
const need = (n) => Array.from({ length: 7 }, (_, d) => Array.from({ length: 48 }, (_, h) => (d < 5 && h >= 16 && h < 34 ? n : 0)));
const HEAD = { week: "2026-W49", before: "2026-W47", monday: "2026-11-30", first: 0, weeks: ["2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52"], home_days: 2 };
const SEATS = { name: "", room: 8, taken: [6, 8, 5, 4, 2, 0, 0] };
const ANNA = { agent: "anna", name: "Anna Muster", site: "", strict: false, wants_home: true, team_days: [2], plan: PLAN };
const WEEK = {
	...HEAD, ...ANNA, seats: SEATS, feed: false,
	swaps: [{ id: 7, day: 0, back: null, mine: false, name: "Beat Beispiel" }, { id: 8, day: 1, back: 0, mine: true, name: "Anna Muster" }],
	way: { minutes: 35, km: 22.5, days: 41, spared_minutes: 2870, spared_km: 1845 },
	house: { month: "2026-11", hours: 310, km: 12400 },
};
const WEEK_ALL = {
	...HEAD,
	people: [ANNA, { ...ANNA, agent: "beat", name: "Beat Beispiel", plan: PLAN.toReversed() },
		{ ...ANNA, agent: "carla", name: "Carla Probst-Zimmermann", plan: PLAN.with(2, spans("office")) }],
	house: { sites: [SEATS, { name: "Zug", room: 0, taken: [1, 1, 0, 0, 0, 0, 0] }], home: [2, 0, 0, 1, 1, 1, 1], agents: need(4), strict: need(1), need_agents: need(5), need_strict: need(1) },
};

const key_of = (byte) => "04" + byte.repeat(64);
const DEVICES = { devices: [
	{ key: key_of("cd"), enrolled_ms: NOW - 2 * DAY, revoked_ms: 0 },
	{ key: key_of("ab"), enrolled_ms: NOW - 21 * DAY, revoked_ms: NOW - 3 * DAY },
] };
const LEDGER = { damages: [
	{ segment: 1, first_bad: 17, rewritten: false, acknowledged: false },
	{ segment: 2, first_bad: 0, rewritten: true, acknowledged: true },
] };

const agent = "03a3t7hw00000";
const ROWS = {
	agent: [{ values: { id: agent, login: "anna", name: "Anna Muster", workplace: "home", roles: 1 }, goes_ms: null }],
	session: [{ values: { hash: { withheld: "secret" }, agent, expires_ms: NOW + DAY }, goes_ms: NOW + DAY }],
	call_event: ["offered", "accepted", "joined", "left"].map((event, i) => ({
		values: { seq: 100 + i, call: "03a3t7hw00007", at_ms: NOW - DAY + i * 9000, event, agent, number: i === 3 ? 61000 : null, detail: null },
		goes_ms: NOW + 89 * DAY })),
};
const OWN = {
	format: 1, made_ms: NOW, agent: { id: agent, login: "anna", name: "Anna Muster" },
	now: { state: "ready", since_ms: 60000, workplace: "home", declared_since_ms: 3600000, call: null, desk: true, line: true, door: false },
	tables: tables.filter((x) => x.is_mine).map(({ table, columns }) => ({ table, columns, purpose: "p", readers: ["agent", "program", "operator"], goes: "g", rows: ROWS[table] ?? [] })),
	elsewhere: places.map((name) => ({ name, where: "w", what: "x", purpose: "p", readers: ["agent", "operator"], goes: "g", given: "v" })),
};

const person = (login, name, part = {}) => ({ login, name, workplace: "office", clearance: "strict", roles: ["agent"],
	teams: ["100"], skills: ["de=3", "fr"], configured: false, ...part });
const PEOPLE = { queues: [{ number: "100", name: "Hauptnummer" }, { number: "200", name: "Spenden" }], people: [
	person("anna", "Anna Muster", { configured: true, workplace: "home" }),
	person("uli", "Uli Zürcher", { teams: ["200"], roles: ["agent", "lead"], clearance: "confidential" }),
	person("nora", "Nora Frei", { workplace: "home" }),
	person("stefan", "Stefan Kobel", { teams: [], skills: [], roles: ["staff-body"] }),
] };
const approval = (part) => ({ number: 1, kind: "approval", evaluation: "pulse", scope: "house", from_ms: NOW - DAY,
	until_ms: NOW + 90 * DAY, signed_ms: NOW - DAY, who: "Stefan Kobel", state: "on", ...part });
const APPROVALS = { now_ms: NOW, evaluations: [{ name: "pulse", on: true }, { name: "comparison", on: false }],
	approvals: [approval({}), approval({ number: 2, evaluation: "comparison", scope: "0h3k9m2p4q7rs", state: "expired" })],
	queues: [{ id: "0h3k9m2p4q7rs", name: "Hauptnummer" }], keys: [], body: [{ login: "stefan", name: "Stefan Kobel" }] };

const ACCOUNT = { login: "anna", factors: 2, always: false, password: true, totp: true,
	passkeys: [{ id: "cGFzc2tleQ", name: "Laptop", made_ms: NOW - 30 * DAY }] };

const API = {
	me: ALL_ROLES, board: BOARD, pulse: PULSE, week: WEEK, "week/all/2026-W49": WEEK_ALL, "week/check/2026-W49": { refused: false, broken: [] },
	"week/today": {}, devices: DEVICES, ledger: LEDGER, own: OWN, people: PEOPLE, approvals: APPROVALS, "account/state": ACCOUNT,
};

/* ---- the desk, whose line may stand or not: line_up() of browser.js is the caller's affair ---- */

const talk = { ...CALL, voice: "plain" };
const VIEWS = {
	out: {},
	declare: { home: { missing: ["no_declaration"], in_force: 2, to_sign: 0, has_key: true }, state: "away", why: "new_shift", since_ms: 4000 },
	ready: { state: "ready", since_ms: 7 * 60000 },
	offered: { state: "offered", since_ms: 2000, ends_ms: 18000, call: CALL },
	talking: { state: "talking", since_ms: 134000, call: talk },
	hold: { state: "hold", since_ms: 64000, ends_ms: 104000, call: talk },
	interrupted: { line: "lost", state: "interrupted", why: "line_lost", since_ms: 2000, ends_ms: 13000, call: talk },
	wrapup: { state: "wrapup", why: "caller_left", since_ms: 1000, ends_ms: 29000, call: CALL },
	pause: { state: "pause", since_ms: 6 * 60000, door: { pages: 1, back_at: null } },
};
export const desk_view = (name) => view_of({ line: "up", ...VIEWS[name] });

const desk = (name, part = {}) => ({
	name: "desk-" + name, folder: "desk", path: "/desk/", ready: `.now[data-state="${desk_view(part.view ?? name).state}"]`,
	view: part.view ?? name, show: (conn) => conn.send(desk_view(part.view ?? name)), ...part,
});
const open = (keys, selector) => async (page) => {
	await page.keyboard.press(keys);
	await page.locator(selector).waitFor();
};

export const DESK = [
	desk("out"), desk("declare"), desk("ready"), desk("offered"), desk("talking"), desk("hold"), desk("interrupted"), desk("wrapup"), desk("pause"),
	desk("transfer", { view: "talking", act: async (page, conn) => {
		await open("g", "dialog.transfer")(page);
		conn.send({ ...TARGETS, ref: "t1" });
		await page.locator(".target").first().waitFor();
	} }),
	desk("keypad", { view: "talking", act: async (page) => {
		await open("k", "dialog.keypad")(page);
	} }),
	desk("keys", { view: "ready", act: async (page) => {
		await open("?", "dialog.help")(page);
	} }),
	desk("devices", { view: "ready", act: async (page) => {
		await page.locator('[data-action="devices"]').press("Enter");
		await page.locator("dialog.sounds option").nth(2).waitFor({ state: "attached" });
	} }),
	desk("tour", { view: "ready", act: async (page) => {
		await page.locator('[data-action="tour_again"]').press("Enter");
		await page.locator("dialog.tour").waitFor();
	} }),
	desk("covered", { view: "hold", act: async (page) => {
		await open("F8", ".cover")(page);
	} }),
];

/* ---- the others ---- */

const caller = (state, part = {}) => ({
	name: "caller-" + state, folder: "caller", path: "/caller/", ready: `[data-action="${{ none: "call", ended: "again" }[state] ?? "hangup"}"]`,
	show: (conn) => conn.send({ t: "caller", state, why: state === "ended" ? "agent_hung_up" : "", queue: "Hauptnummer", since_ms: 61000, place: 3, wait: "5" }),
	...part,
});

export const OTHERS = [
	{ name: "login", folder: "login", path: "/login/", ready: "form" },
	{ name: "login-link", folder: "login", path: "/login/" + "ab".repeat(32), ready: "[role=alert]" },
	{ name: "account", folder: "account", path: "/account/", ready: ".account" },
	caller("none"), caller("menu"), caller("waiting"), caller("talking", { act: async (page) => {
		await page.locator('[data-action="keys"]').press("Enter");
		await page.locator(".keypad").waitFor();
	} }), caller("ended"),
	{ name: "door", folder: "door", path: "/door/#" + "cd".repeat(32), ready: '.door[data-door="call"]', show: (conn) => conn.send({ t: "door", protocol: 1, state: "call", back_at: null }) },
	{ name: "sheet", folder: "sheet", path: "/sheet/", ready: "[data-state]" },
	{ name: "board", folder: "board", path: "/board/", ready: '[data-is="call"]' },
	{ name: "pulse", folder: "pulse", path: "/pulse/", ready: '[data-pulse="question"]' },
	{ name: "week", folder: "week", path: "/week/", ready: ".day" },
	{ name: "week-all", folder: "week", path: "/week/", ready: ".day", act: async (page) => {
		await page.locator('[data-view="all"]').press("Enter");
		await page.locator(".all").waitFor();
	} },
	{ name: "agreement", folder: "agreement", path: "/agreement/", ready: '[data-device="revoked"]' },
	{ name: "ledger", folder: "ledger", path: "/ledger/", ready: '[data-damage="open"]' },
	{ name: "own", folder: "own", path: "/own/", ready: '[data-table="agent"]' },
	{ name: "people", folder: "people", path: "/people/", ready: '[data-login="nora"]' },
	{ name: "configuration", folder: "configuration", path: "/configuration/", ready: "#search", api: { configuration: CONFIGURATION } },
	{ name: "approvals", folder: "approvals", path: "/approvals/", ready: "main h2" },
	{ name: "logged-out", folder: "board", path: "/board/", ready: ".house-out", api: { me: { status: 401, error: "no_session" } } },
];

export const SCENES = [...DESK, ...OTHERS];

/* Opens it, or opens it anew, in a page.  Returns the connection to it, or null. */
export async function scene_open(page, mock, scene) {
	mock.state.api = { ...API, ...scene.api };
	mock.state.login_status = 403;
	const coming = scene.show && mock.next_conn();
	await page.goto("about:blank");
	await page.goto(mock.url + scene.path);
	const conn = scene.show ? await coming : null;
	if (conn && scene.path !== "/caller/")
		await conn.expect("hello");
	scene.show?.(conn);
	await page.locator(scene.ready).first().waitFor();
	if (scene.folder === "desk")
		await page.locator(".came button").waitFor(); /* what comes late is there, and its words */
	await scene.act?.(page, conn);
	return conn;
}
