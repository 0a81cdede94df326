// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A network that blocks UDP: the browser's line goes by TCP (ICE-TCP, RFC 6544), with voice both ways, and comes back after
// its connection was cut.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

// Its own loopback and its own firewall.
const NAMESPACE = ['--map-root-user', '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

function blocked() {
	const program = fileURLToPath(new URL('lib/blocked.mjs', import.meta.url));
	const child = spawn('unshare', [...NAMESPACE, process.execPath, program], { stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.on('data', (d) => (text += d));
	return new Promise((resolve, reject) => child.on('close', (status) =>
		(status === 0 ? resolve(JSON.parse(text)) : reject(new Error(`it ended with ${status}`)))));
}

test('UDP is blocked: the line goes by TCP, both hear each other, and a cut connection is made again', { timeout: 180000 }, async (t) => {
	const seen = await blocked();
	t.diagnostic(JSON.stringify(seen));
	assert.deepEqual({ ...seen.way, received: 0, lost: 0 }, { protocol: 'tcp', tcpType: 'active', port: 44300, state: 'connected', received: 0, lost: 0 });
	assert.ok(seen.way.received > 100 && seen.way.lost === 0, `${seen.way.received} packets, ${seen.way.lost} lost`);
	assert.equal(seen.lost, 0, 'the caller missed nothing');
	assert.equal(seen.after.protocol, 'tcp');
	assert.ok(seen.after.received > seen.way.received, 'the agent hears the caller again');
});
