// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * mock -- a centre that does nothing by itself: it serves the built pages under the real centre's
 * Content-Security-Policy, keeps what the pages say, and sends what a test tells it to send.
 */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";

const CSP =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'";
const TYPES = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
};
const WAIT_MS = 20000; /* generous: a busy machine is not a failure */

export async function mock_start(files) {
	/* api: what /api/NAME answers, and who posts to /login/... and /account/..., or a function of the body's text that says so; a text is an error's code, undefined
	   404; asked: what was wished; down: nobody can connect; session, door: their tokens are good */
	const state = { login_status: 204, logins: [], session: true, door: true, down: false, conns: [], api: {}, asked: [] };
	const wanted = [];

	async function answer(req, res) {
		const path = new URL(req.url, "http://x").pathname;
		res.setHeader("Content-Security-Policy", CSP);
		res.setHeader("X-Content-Type-Options", "nosniff");
		res.setHeader("Cache-Control", "no-store");
		if (req.method === "POST" && path === "/login")
			return log_in(req, res);
		if (path === "/ws/desk")
			return end(res, state.session ? 426 : 401);
		if (req.method === "POST" && /^\/(login|account)\//.test(path))
			return answer_api(req, res, path.slice(1));
		if (path.startsWith("/api/"))
			return answer_api(req, res, path.slice(5));
		if (path.startsWith("/ws/door/"))
			return end(res, state.door ? 426 : 401);
		let name = path.startsWith("/login/") && !extname(path) ? "/login/index.html" : path;
		if (name.endsWith("/"))
			name += "index.html";
		try {
			const text = await readFile(join(files, normalize(name)));
			res.setHeader("Content-Type", TYPES[extname(name)] ?? "text/plain");
			res.end(text);
		} catch {
			end(res, 404);
		}
	}

	/* state.api[name]: what is answered, or a function of the body; asked: what was wished. */
	async function answer_api(req, res, name) {
		const text = await body_of(req);
		if (req.method === "POST")
			state.asked.push([name, text]);
		const told = state.api[name];
		if (told === undefined)
			return end(res, 404);
		const said = typeof told === "function" ? told(text) : told;
		const { status = 200, ...data } = typeof said === "string" ? { status: 409, error: said } : said;
		res.statusCode = status;
		res.setHeader("Content-Type", "application/json");
		res.end(JSON.stringify(data));
	}

	async function body_of(req) {
		let text = "";
		for await (const part of req)
			text += part;
		return text;
	}

	async function log_in(req, res) {
		const text = await body_of(req);
		state.logins.push(JSON.parse(text));
		end(res, state.login_status);
	}

	const server = createServer(answer);
	const wss = new WebSocketServer({ noServer: true, handleProtocols: () => "heimamt" });
	server.on("upgrade", (req, socket, head) => {
		socket.on("error", () => {}); /* a page may be gone before it is answered */
		if (state.down)
			return socket.destroy();
		if ((!state.session && req.url === "/ws/desk") || (!state.door && req.url.startsWith("/ws/door/")))
			return socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
		wss.handleUpgrade(req, socket, head, (ws) => opened(ws, req));
	});

	function opened(ws, req) {
		const conn = conn_new(ws, req.url);
		state.conns.push(conn);
		for (const w of wanted.splice(0))
			w(conn);
	}

	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return {
		state,
		url: `http://127.0.0.1:${server.address().port}`,
		/* The next page that connects. Ask before you cause it. */
		next_conn: () => within(new Promise((done) => wanted.push(done)), "no page connected"),
		async close() {
			for (const c of state.conns)
				c.ws.terminate();
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

function end(res, status) {
	res.statusCode = status;
	res.end();
}

function conn_new(ws, path) {
	const said = [];
	const waiting = [];
	let view = null;
	let door = null; /* the last that a page at a door was told */
	let sent_at = 0;
	ws.on("message", (data) => {
		const msg = JSON.parse(data.toString());
		/* A page that hears nothing for a while says hello again, to hear whether the centre is there. */
		if (msg.t === "hello" && view && conn.answers)
			put(view_after(view, performance.now() - sent_at));
		if (msg.t === "hello" && door && conn.answers)
			put(door);
		const i = waiting.findIndex((w) => w.t === msg.t);
		if (i >= 0)
			waiting.splice(i, 1)[0].done(msg);
		else
			said.push(msg);
	});
	function send(msg) {
		if (msg.t === "door")
			door = msg;
		if (msg.t === "view") {
			view = msg;
			sent_at = performance.now();
		}
		put(msg);
	}

	function put(msg) {
		conn.sent++;
		ws.send(JSON.stringify(msg));
	}

	const conn = {
		ws,
		path,
		said,
		sent: 0, /* messages to the page */
		answers: true, /* false: a connection that is dead without a word */
		send,
		/* The next message of this kind, said already or to come. */
		expect(t) {
			const i = said.findIndex((m) => m.t === t);
			if (i >= 0)
				return Promise.resolve(said.splice(i, 1)[0]);
			return within(
				new Promise((done) => waiting.push({ t, done })),
				`the page did not say ${t}`,
			);
		},
		/* The next one of this kind that was said already, or null. */
		take(t) {
			const i = said.findIndex((m) => m.t === t);
			return i >= 0 ? said.splice(i, 1)[0] : null;
		},
		/* Everything of this kind that was said so far and not yet taken. */
		count: (t) => said.filter((m) => m.t === t).length,
	};
	return conn;
}

function within(promise, what) {
	let timer;
	const late = new Promise((_, fail) => {
		timer = setTimeout(() => fail(new Error(what)), WAIT_MS);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* The same view, this much later. */
function view_after(v, ms) {
	const ends_ms = v.ends_ms === null ? null : Math.max(0, v.ends_ms - ms);
	return { ...v, since_ms: v.since_ms + ms, ends_ms };
}

/* A whole view of the protocol; `part` says what differs. */
export function view_of(part = {}) {
	return {
		t: "view",
		protocol: 1,
		agent: { name: "Anna Muster", workplace: "home", queues: ["Hauptnummer", "Rechnungen"] },
		home: { missing: [], in_force: 0, to_sign: 0, has_key: false },
		state: "out",
		why: "",
		since_ms: 0,
		ends_ms: null,
		line: "none",
		testing: false,
		pause_after: false,
		stop_after: false,
		call: null,
		door: null,
		...part,
	};
}

export const CALL = { id: "0h3k9m2p4q7rs", queue: "Hauptnummer", language: "de", waited_ms: 38000, callback: false };

export const TARGETS = {
	t: "targets",
	queues: [
		{ id: "00000000000q1", name: "Hauptnummer", language: "de", state: "open" },
		{ id: "00000000000q2", name: "Rechnungen", language: "fr", state: "unstaffed" },
		{ id: "00000000000q3", name: "Reklamationen", language: "de", state: "closed" },
	],
	agents: [
		{ id: "00000000000a3", name: "Céline Dubois-Exemple", free: false },
		{ id: "00000000000a2", name: "Beat Beispiel", free: true },
	],
};
