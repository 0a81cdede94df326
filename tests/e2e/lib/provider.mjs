// SPDX-License-Identifier: AGPL-3.0-or-later
//
// provider -- an OpenID provider of the tests' own, on loopback: discovery, keys, a login page without questions, tokens and
// logout tokens; and whatever it is told to do wrong.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import http from 'node:http';
import { constants } from 'node:crypto';

const b64 = (value) => Buffer.from(typeof value === 'object' && !Buffer.isBuffer(value) ? JSON.stringify(value) : value).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1000);
const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

const KINDS = {
	RS256: { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), sign: (key, data) => sign('sha256', data, key) },
	PS256: { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
		sign: (key, data) => sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }) },
	ES256: { make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), sign: (key, data) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }) },
	EdDSA: { make: () => generateKeyPairSync('ed25519'), sign: (key, data) => sign(null, data, key) },
};

export class Provider {
	// client, secret: whom it knows.  port: of an earlier one.
	static async start(t, { client = 'heimamt', secret = 'geheim & schön+', port = 0 } = {}) {
		const provider = new Provider();
		Object.assign(provider, { client, secret, keys: [], serial: 0, codes: new Map(), refreshes: new Map(), asked: [], user: null, twist: {} });
		provider.rotate('RS256');
		t.after(() => provider.stop());
		await provider.begin(port);
		return provider;
	}

	async begin(port = this.port) {
		this.server = http.createServer((req, res) => this.answer(req, res).catch((e) => {
			res.statusCode = 500;
			res.end(String(e));
		}));
		await new Promise((resolve, reject) => this.server.once('error', reject).listen(port, '127.0.0.1', resolve));
		this.port = this.server.address().port;
		this.issuer = `http://127.0.0.1:${this.port}`;
	}

	async stop() {
		this.server?.closeAllConnections();
		await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve()));
		this.server = null;
	}

	// A new key of this kind signs from now on; the others stay published.
	rotate(alg) {
		const kid = `key-${++this.serial}`;
		this.keys.push({ kid, alg, pair: KINDS[alg].make() });
		return kid;
	}

	// A token; header and claims may be another's.
	sign(claims, { header = {}, key = this.keys.at(-1), signature } = {}) {
		const head = { alg: key.alg, kid: key.kid, typ: 'JWT', ...header };
		const data = `${b64(head)}.${b64(claims)}`;
		return `${data}.${signature ?? b64(KINDS[key.alg].sign(key.pair.privateKey, Buffer.from(data)))}`;
	}

	claims(user, more = {}) {
		return { iss: this.issuer, sub: user.sub, aud: this.client, exp: seconds() + 300, iat: seconds(), sid: user.sid,
			preferred_username: user.login, groups: user.groups, ...more };
	}

	idToken(user, nonce) {
		const { claims = {}, ...how } = this.twist;
		return this.sign({ ...this.claims(user), ...(nonce ? { nonce } : {}), ...claims }, how);
	}

	logoutToken(more = {}, how = {}) {
		return this.sign({ iss: this.issuer, aud: this.client, iat: seconds(), exp: seconds() + 120, jti: randomBytes(8).toString('hex'),
			events: { [LOGOUT]: {} }, ...more }, how);
	}

	// Tells the house by itself, as Back-Channel Logout has it; the status of its answer.
	async tell(base, token) {
		const answer = await fetch(`${base}/login/sign-on/out`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });
		return answer.status;
	}

	async answer(req, res) {
		const url = new URL(req.url, this.issuer);
		this.asked.push(`${req.method} ${url.pathname}`);
		const routes = { '/.well-known/openid-configuration': 'about', '/keys': 'set', '/authorize': 'authorize', '/token': 'token', '/end': 'end' };
		if (!(url.pathname in routes)) {
			res.statusCode = 404;
			return res.end();
		}
		return this[`answer_${routes[url.pathname]}`](req, res, url);
	}

	json(res, value, status = 200) {
		res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
		res.end(JSON.stringify(value));
	}

	answer_about(req, res) {
		this.json(res, { issuer: this.issuer, authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token`,
			jwks_uri: `${this.issuer}/keys`, end_session_endpoint: `${this.issuer}/end`, response_types_supported: ['code'],
			code_challenge_methods_supported: ['S256'], ...this.about });
	}

	answer_set(req, res) {
		this.json(res, { keys: this.keys.filter((k) => !k.isHidden)
			.map(({ kid, alg, pair }) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' })) });
	}

	// Whoever is `user` is logged in at once; nobody: the login is refused.  holds: the browser stays here, with where it would go.
	answer_authorize(req, res, url) {
		const q = Object.fromEntries(url.searchParams);
		const back = new URL(q.redirect_uri);
		this.last = q;
		if (!this.user) {
			back.searchParams.set('error', 'access_denied');
		} else {
			const code = randomBytes(16).toString('hex');
			this.codes.set(code, { ...q, user: this.user });
			back.searchParams.set('code', code);
			back.searchParams.set('iss', this.issuer);
		}
		back.searchParams.set('state', q.state);
		this.back = back.href;
		if (this.holds) {
			res.writeHead(200, { 'Content-Type': 'text/html' });
			return res.end('<p id="held">provider</p>');
		}
		res.writeHead(303, { Location: back.href });
		return res.end();
	}

	async answer_token(req, res) {
		let text = '';
		for await (const part of req)
			text += part;
		const q = Object.fromEntries(new URLSearchParams(text));
		const [user, secret] = Buffer.from((req.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString().split(':')
			.map((x) => decodeURIComponent(x.replace(/\+/g, ' ')));
		if (user !== this.client || secret !== this.secret)
			return this.json(res, { error: 'invalid_client' }, 401);
		const given = q.grant_type === 'authorization_code' ? this.takeCode(q) : this.takeRefresh(q);
		if (!given)
			return this.json(res, { error: 'invalid_grant' }, 400);
		const refresh = randomBytes(16).toString('hex');
		this.refreshes.set(refresh, { user: given.user });
		return this.json(res, { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: this.idToken(given.user, given.nonce),
			...(this.givesRefresh === false ? {} : { refresh_token: refresh }) });
	}

	// RFC 6749 section 4.1.3, RFC 7636 section 4.6: once, for who asked, with the verifier.
	takeCode(q) {
		const asked = this.codes.get(q.code);
		this.codes.delete(q.code);
		const challenge = createHash('sha256').update(q.code_verifier ?? '').digest('base64url');
		return asked && asked.code_challenge_method === 'S256' && challenge === asked.code_challenge && q.redirect_uri === asked.redirect_uri ? asked : null;
	}

	takeRefresh(q) {
		const known = this.refreshes.get(q.refresh_token);
		this.refreshes.delete(q.refresh_token);
		return known && !known.user.isGone ? known : null;
	}

	answer_end(req, res, url) {
		this.ended = Object.fromEntries(url.searchParams);
		res.writeHead(200, { 'Content-Type': 'text/html' });
		res.end('<p id="bye">provider</p>');
	}
}

// The section of the configuration that leads to it.  secretFile: where its secret stands.
export const signOn = (provider, secretFile, more = '') => `
sign-on {
	issuer = "${provider.issuer}"
	name = "Muster AG"
	client-id = "${provider.client}"
	client-secret-file = "${secretFile}"
	scopes = "openid profile groups"
	roles = { "desk=agent", "heads=lead", "it=administrator" }
	link-by-login = true
	${more}
}
`;
