// SPDX-License-Identifier: AGPL-3.0-or-later
// ports -- free ones on loopback, as the kernel gives them.  Between asking and binding somebody else may
// take one; a test that binds by itself asks for port 0 instead.

import dgram from 'node:dgram';
import net from 'node:net';

export function freeTcpPort() {
	return new Promise((resolve, reject) => {
		const server = net.createServer().on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

// Whether somebody takes connections there.
export const listens = (port) => new Promise((resolve) => {
	const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)).on('close', () => socket.destroy());
	socket.on('connect', () => socket.end());
});

export function bindUdp(port = 0, addr = '127.0.0.1') {
	return new Promise((resolve, reject) => {
		const socket = dgram.createSocket(addr.includes(':') ? 'udp6' : 'udp4');
		socket.once('error', reject);
		socket.bind(port, addr, () => {
			socket.off('error', reject);
			resolve(socket);
		});
	});
}

export async function freeUdpPort() {
	const socket = await bindUdp();
	const { port } = socket.address();
	await new Promise((resolve) => socket.close(resolve));
	return port;
}

// An even port for RTP and the next for RTCP, both bound (RFC 3550 section 11).
export async function bindRtpPair(addr = '127.0.0.1') {
	for (let tries = 0; tries < 50; tries++) {
		const first = await bindUdp(0, addr);
		const { port } = first.address();
		if (port % 2 === 0) {
			try {
				return [first, await bindUdp(port + 1, addr)];
			} catch {
				/* its neighbour is taken */
			}
		}
		first.close();
	}
	throw new Error('no free pair of ports');
}
