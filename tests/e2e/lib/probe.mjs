// SPDX-License-Identifier: AGPL-3.0-or-later
//
// probe -- what a page hears, measured within the page, by Web Audio.
//
// install() runs in the page before its own scripts: it notes each RTCPeerConnection and each remote track.  The
// AudioContext is made at the first measurement, after the page's getUserMedia: one made before it would
// stay suspended after a reload.

const FFT_SIZE = 8192; // 170 ms at 48 kHz

function install(fftSize) {
	const probe = { connections: [], tracks: [], analysers: new Map(), context: null, errors: [] };
	const Native = window.RTCPeerConnection;
	window.RTCPeerConnection = class RTCPeerConnection extends Native {
		constructor(...args) {
			super(...args);
			probe.connections.push(this);
			this.addEventListener('track', (e) => probe.tracks.push({ connection: this, track: e.track }));
		}
	};
	window.addEventListener('error', (e) => probe.errors.push(String(e.message)));
	window.addEventListener('unhandledrejection', (e) => probe.errors.push(String(e.reason)));

	function listen(track) {
		probe.context ??= new AudioContext();
		const stream = new MediaStream([track]);
		// A remote track flows into Web Audio only while some element plays it.
		const element = new Audio();
		element.muted = true;
		element.srcObject = stream;
		element.play().catch((e) => probe.errors.push(String(e)));
		const analyser = probe.context.createAnalyser();
		analyser.fftSize = fftSize;
		probe.context.createMediaStreamSource(stream).connect(analyser);
		probe.analysers.set(track, { analyser, element });
		return analyser;
	}

	function level(samples, frequency, rate) {
		const c = 2 * Math.cos((2 * Math.PI * frequency) / rate);
		let s1 = 0, s2 = 0;
		for (let i = 0; i < samples.length; i++) {
			const w = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length);
			const s0 = samples[i] * w + c * s1 - s2;
			s2 = s1;
			s1 = s0;
		}
		const a = (4 * Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - c * s1 * s2))) / samples.length;
		return 10 * Math.log10((a * a) / 2 + 1e-12);
	}

	// dBov of each frequency in what the newest live remote track brings right now; null without one.
	probe.levels = async (frequencies) => {
		const live = probe.tracks.filter((t) => t.track.kind === 'audio' && t.track.readyState === 'live' &&
			t.connection.connectionState !== 'closed').at(-1);
		if (!live)
			return null;
		const analyser = probe.analysers.get(live.track)?.analyser ?? listen(live.track);
		if (probe.context.state === 'suspended')
			await probe.context.resume();
		const samples = new Float32Array(analyser.fftSize);
		analyser.getFloatTimeDomainData(samples);
		const power = samples.reduce((s, x) => s + x * x, 0) / samples.length;
		return { rms: 10 * Math.log10(power + 1e-12), state: probe.context.state,
			...Object.fromEntries(frequencies.map((f) => [f, level(samples, f, probe.context.sampleRate)])) };
	};

	// So many milliseconds of the newest live remote track: { rate, samples }.
	probe.record = async (ms) => {
		await probe.levels([]);
		const live = probe.tracks.filter((t) => t.track.kind === 'audio' && t.track.readyState === 'live' &&
			t.connection.connectionState !== 'closed').at(-1);
		const node = probe.context.createScriptProcessor(4096, 1, 1), rate = probe.context.sampleRate, samples = [];
		const source = probe.context.createMediaStreamSource(new MediaStream([live.track]));
		source.connect(node).connect(probe.context.destination);
		await new Promise((resolve) => {
			node.onaudioprocess = (e) => {
				samples.push(...e.inputBuffer.getChannelData(0));
				if (samples.length * 1000 >= ms * rate)
					resolve();
			};
		});
		source.disconnect();
		node.disconnect();
		return { rate, samples };
	};

	// The newest connection's statistics, as plain objects by type.
	probe.stats = async () => {
		const connection = probe.connections.at(-1);
		const stats = {};
		for (const s of (await connection?.getStats())?.values() ?? [])
			(stats[s.type] ??= []).push(s);
		return stats;
	};
	Object.defineProperty(window, '__probe', { value: probe });
}

export const addProbe = (context) => context.addInitScript(install, FFT_SIZE);

export const levels = (page, frequencies) => page.evaluate((f) => window.__probe.levels(f), frequencies);
export const stats = (page) => page.evaluate(() => window.__probe.stats());
export const record = (page, ms) => page.evaluate((n) => window.__probe.record(n), ms);
export const errors = (page) => page.evaluate(() => window.__probe.errors);
