// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * room -- the room check: how loud is it, is my voice heard or am I mute, where does the sound come out, is there a
 * second screen?
 *
 * The agent begins it, and nobody else can.  It hears with a capture of its own, which exists during the check only and
 * is no part of the line; what it finds lives in this closure, is drawn, and is gone with the check: nothing is
 * stored, nothing is sent, and no call depends on it [RULES N2].  Part of late.js, words included, so that a check
 * does not even ask for a file.
 */
import { html } from "../common/dom.js";
import { number } from "../common/time.js";
import { device_behind, device_name } from "./devices.js";
import { ear_begin, ear_hear, noise_word, output_word, room_db, screen_word } from "./room_sense.js";
import { ROOM } from "./room_words.js";
import { track_enabled } from "./track.js";

const LOOK_MS = 50;
const DRAW_LOOKS = 8; /* words that change faster cannot be read */
const LONGEST_MS = 120000; /* a microphone that was forgotten is closed */
/* As it comes: what a browser takes out of it for the caller's sake would not be measured. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

export function room_new(m, changed) {
	let is = null; /* while a check is on */
	let wrong = false; /* the microphone could not be had */
	let turn = 0;

	const words = () => ROOM[m.t.language] ?? ROOM.en;

	async function begin() {
		const mine = ++turn;
		wrong = false;
		is = { stream: null, ctx: null, ear: ear_begin(), output: "", timer: 0, end: 0 };
		changed();
		try {
			const stream = await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
			if (mine !== turn)
				return stop_tracks(stream); /* it was ended meanwhile */
			listen(stream);
			is.output = await output_label();
		} catch {
			if (mine === turn) {
				end();
				wrong = true;
			}
		}
		changed();
	}

	function listen(stream) {
		const ctx = new AudioContext();
		const analyser = ctx.createAnalyser();
		const samples = new Float32Array(analyser.fftSize);
		let looks = 0;
		ctx.createMediaStreamSource(stream).connect(analyser);
		is.stream = stream;
		is.ctx = ctx;
		is.timer = setInterval(() => {
			analyser.getFloatTimeDomainData(samples);
			is.ear = ear_hear(is.ear, room_db(samples));
			if (++looks % DRAW_LOOKS === 0)
				changed();
		}, LOOK_MS);
		is.end = setTimeout(finish, LONGEST_MS);
	}

	async function output_label() {
		const list = await navigator.mediaDevices.enumerateDevices();
		const used = document.getElementById("voice")?.sinkId || "default";
		return device_name(device_behind(list, "audiooutput", { deviceId: used }));
	}

	function end() {
		turn++;
		clearInterval(is?.timer);
		clearTimeout(is?.end);
		stop_tracks(is?.stream);
		is?.ctx?.close();
		is = null;
	}

	function finish() {
		end();
		changed();
	}

	const row = (name, state, text) => html`<div key=${name} data-room=${name} data-is=${state}>
		<dt>${words()[name]}</dt>
		<dd>${text}</dd>
	</div>`;

	/* Is this voice on its way to a caller? */
	function voice() {
		const open = track_enabled(m.view, m.muted) && m.mic === "on";
		const state = (is.ear.speaks ? "speaks" : "silent") + (open ? "_open" : "_mute");
		return row("voice", state, words()["voice_" + state]);
	}

	function noise() {
		const state = noise_word(is.ear.noise);
		const level = state === "none" ? "" : ` (${number(Math.round(is.ear.noise))} dB FS)`;
		return row("noise", state, words()["noise_" + state] + level);
	}

	function output() {
		const state = output_word(is.output);
		return row("output", state, words()["output_" + state].replace("{name}", is.output || "–"));
	}

	function second() {
		const state = screen_word(screen.isExtended);
		return row("screen", state, words()["screen_" + state]);
	}

	function section() {
		const w = words();
		/* an offer is looked at, not the room */
		if (is && m.view.state === "offered")
			end();
		return html`<section class="room" aria-labelledby="room-title" data-checking=${is !== null}>
			<h2 id="room-title">${w.title}</h2>
			<p class="quiet">${is ? w.during : w.about}</p>
			${wrong && html`<p role="alert">${w.wrong}</p>`}
			${is?.stream && html`<dl class="room-rows">${noise()} ${voice()} ${output()} ${second()}</dl>`}
			<button type="button" class="small" data-action=${is ? "room_end" : "room"} onClick=${is ? finish : begin}>
				${is ? w.end : w.begin}
			</button>
		</section>`;
	}

	return { section };
}

function stop_tracks(stream) {
	for (const t of stream?.getTracks() ?? [])
		t.stop();
}
