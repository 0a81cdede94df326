// SPDX-License-Identifier: AGPL-3.0-or-later
// browser -- Debian's Chromium without a window, with a tone as its microphone and a probe in each page.

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

// Until the page hears this frequency at this level.
export function pageHears(page, frequency, { above = -30, timeout = 20000 } = {}) {
	return until(`${frequency} Hz in the page`, async () => {
		const now = await levels(page, [frequency]);
		return now && now[frequency] > above ? now : null;
	}, { timeout, every: 100 });
}
