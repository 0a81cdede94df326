// SPDX-License-Identifier: AGPL-3.0-or-later
//
// second -- an authenticator app for tests: codes of RFC 6238, each used once, for as many agents as there are.

import { createHmac } from 'node:crypto';
import { until } from './wait.mjs';

const STEP_MS = 30000, LEFT_MS = 10000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function unbase32(text) {
	const bits = [...text].map((c) => LETTERS.indexOf(c).toString(2).padStart(5, '0')).join('');
	return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}

// RFC 4226 section 5.3.
export function code(secret, step) {
	const moving = Buffer.alloc(8);
	moving.writeBigUInt64BE(BigInt(step));
	const mac = createHmac('sha1', unbase32(secret)).update(moving).digest();
	const at = mac.at(-1) & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, '0');
}

// One agent's app: next() is a code that counts and was not used, from the step before now to the one after: the one
// before only where it is good for a while yet.
export class App {
	constructor(secret) {
		this.secret = secret;
		this.used = 0;
	}

	async next() {
		const now = () => Math.floor(Date.now() / STEP_MS);
		const step = () => Math.max(this.used + 1, Date.now() % STEP_MS < STEP_MS - LEFT_MS ? now() - 1 : now());
		// not at the edge of a step, or the centre may be in the next one
		await until('a code that was not used', () => step() <= now() + 1 && Date.now() % STEP_MS < STEP_MS - 2000,
			{ timeout: 3 * STEP_MS });
		this.used = step();
		return code(this.secret, this.used);
	}
}

// Two factors for a session: sets an app up for this agent, or takes the one that is there.  post(path, body) asks as the
// agent and returns the answer's JSON.
export async function proveSecond(centre, name, post) {
	centre.apps ??= {};
	const app = centre.apps[name];
	if (app)
		return post('login/code', { code: await app.next() });
	const { secret } = await post('account/code/draft', {});
	centre.apps[name] = new App(secret);
	return post('account/code', { code: await centre.apps[name].next() });
}

// A session of two factors without a browser: the value of its cookie.
export async function sessionOf(centre, name) {
	const origin = centre.told.base;
	let cookie = '';
	const post = async (path, body) => {
		const answer = await fetch(`${origin}/${path}`, { method: 'POST', body: JSON.stringify(body),
			headers: { 'Content-Type': 'application/json', Origin: origin, Cookie: cookie } });
		if (!answer.ok)
			throw new Error(`${path} for ${name}: ${answer.status} ${await answer.text()}`);
		cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
		return answer.status === 204 ? null : answer.json();
	};
	await post('login', { token: new URL(centre.link(name)).pathname.split('/')[2] });
	await proveSecond(centre, name, post);
	return cookie.split('=')[1];
}
