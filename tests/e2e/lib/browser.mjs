// SPDX-License-Identifier: AGPL-3.0-or-later
// browser -- Debian's Chromium without a window, with a tone as its microphone and a probe in each page.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { addProbe, levels } from './probe.mjs';
import { tone, writeWav } from './sound.mjs';
import { until } from './wait.mjs';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

// One browser per microphone: its sound is set when Chromium starts.
export async function startBrowser(t, { frequency = 440, locale = 'de-CH', args = [], context: options = {}, before } = {}) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-chromium-'));
	// Whole periods in whole seconds, so that it repeats without a click.
	const microphone = writeWav(path.join(folder, 'microphone.wav'), tone(frequency, 10, { rate: 48000 }));
	const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ['--no-sandbox',
		'--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
		'--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
		`--use-file-for-fake-audio-capture=${microphone}`, '--allow-loopback-in-peer-connection', ...args] });
	t.after(async () => {
		await browser.close();
		fs.rmSync(folder, { recursive: true, force: true });
	});
	const context = await browser.newContext({ locale, permissions: ['microphone'], ...options });
	await addProbe(context);
	await before?.(context);
	return { browser, context, folder, page: await context.newPage() };
}

// The browsers of this process before everything else on this machine, as farm.mjs's favourRelays() does: one that has to
// wait makes up sound of its own.  Says whether it worked.
export function favourBrowsers() {
	const parents = fs.readdirSync('/proc').filter((d) => /^\d+$/.test(d)).flatMap((pid) => {
		try { // others come and go meanwhile; the name is in brackets and may hold anything
			return [[Number(pid), Number(fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ')[1])]];
		} catch {
			return [];
		}
	});
	const below = (pid) => parents.filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
	const is = (pid) => {
		try {
			return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(fs.realpathSync('/usr/lib/chromium'));
		} catch {
			return false;
		}
	};
	return below(process.pid).filter(is).map((pid) => spawnSync('chrt', ['-a', '-r', '-p', '1', String(pid)]).status === 0).some(Boolean);
}

// Until the page hears this frequency at this level.
export function pageHears(page, frequency, { above = -30, timeout = 20000 } = {}) {
	return until(`${frequency} Hz in the page`, async () => {
		const now = await levels(page, [frequency]);
		return now && now[frequency] > above ? now : null;
	}, { timeout, every: 100 });
}
