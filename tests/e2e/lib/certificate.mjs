// SPDX-License-Identifier: AGPL-3.0-or-later
//
// certificate -- certificates of the tests' own, and a client that says what TLS it was given.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

const KINDS = { ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], rsa: ['-newkey', 'rsa:2048'] };

// A self-signed pair in this folder: { certificate, key } as paths.  names: DNS names and addresses.
export function makePair(folder, { names = ['desk.example.org'], days = 90, kind = 'ec', as = 'web' } = {}) {
	const pair = { certificate: path.join(folder, `${as}.pem`), key: path.join(folder, `${as}.key`) };
	const alternatives = names.map((n) => `${/^[\d.]+$|:/.test(n) ? 'IP' : 'DNS'}:${n}`).join(',');
	const ran = spawnSync('openssl', ['req', '-x509', '-nodes', '-days', String(days), ...KINDS[kind], '-subj', `/CN=${names[0]}`,
		'-addext', `subjectAltName=${alternatives}`, '-keyout', pair.key, '-out', pair.certificate], { encoding: 'utf8' });
	if (ran.status !== 0)
		throw new Error(`openssl: ${ran.error ?? ran.stderr}`);
	fs.chmodSync(pair.key, 0o600);
	return pair;
}

// What of the demo's configuration makes the pages come by TLS under this name.
export const withTls = (pair, names = ['desk.example.org']) =>
	({ 'web.certificate': pair.certificate, 'web.key': pair.key, 'web.names': names });

// One handshake: { version, cipher, serial, alpn }, or { error } where there is none.
export function handshake(port, options = {}) {
	return new Promise((resolve) => {
		const socket = tls.connect({ host: '127.0.0.1', port, servername: 'desk.example.org', rejectUnauthorized: false,
			ALPNProtocols: ['http/1.1'], ...options }, () => {
			resolve({ version: socket.getProtocol(), cipher: socket.getCipher().name, alpn: socket.alpnProtocol,
				serial: socket.getPeerCertificate().serialNumber });
			socket.destroy();
		});
		socket.on('error', (error) => resolve({ error: error.code ?? error.message }));
	});
}
