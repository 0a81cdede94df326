// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * sound_dialog -- microphone, loudspeaker and ring: chosen, tried, heard; notifications, and the headset's own buttons.  Loaded when
 * first asked for.
 *
 * To try a microphone it is opened once more, for this dialog only: a level is shown, nothing is kept or sent.
 */
import { html } from "../common/dom.js";
import { level_fall, level_new, level_show } from "../common/level.js";
import { mic_error } from "../common/mic.js";
import { device_behind, device_name } from "./devices.js";
import { notify_state, RINGS, sound_clean, VOLUMES } from "./ring.js";
import { meter } from "./state.js";

const LEVEL_MS = 66;
const LONGEST_MS = 60000; /* a microphone that was forgotten is closed */
const TONE_HZ = 440;
const TONE_S = 1;
const PSEUDO = ["default", "communications"];

function show_modal(el) {
	if (el && !el.open)
		el.showModal();
}

function stop_tracks(stream) {
	for (const t of stream?.getTracks() ?? [])
		t.stop();
}

/* One second, soft at both ends, where the voice comes out. */
async function tone(sink) {
	const ctx = new AudioContext();
	if (sink && ctx.setSinkId)
		await ctx.setSinkId(sink).catch(() => {});
	const osc = ctx.createOscillator();
	const gain = ctx.createGain();
	const at = ctx.currentTime + 0.05;
	osc.frequency.value = TONE_HZ;
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(0.2, at + 0.1);
	gain.gain.setValueAtTime(0.2, at + TONE_S - 0.2);
	gain.gain.linearRampToValueAtTime(0, at + TONE_S);
	osc.connect(gain).connect(ctx.destination);
	osc.start(at);
	osc.stop(at + TONE_S);
	osc.onended = () => ctx.close();
}

/* set(part): keeps a choice; close(): the dialog goes. */
export function dialog_new(m, { devices, set, draw, close }) {
	let list = [];
	let trial = null; /* { stream, ctx, level, timer, end } while a microphone is tried */
	let problem = "";
	let turn = 0; /* a microphone that comes when nobody waits for it any more is closed */
	let bar = null;
	let shown = 0;

	async function look() {
		list = await devices.list();
		draw();
	}

	/* ---- the microphone, tried ---- */

	function stop() {
		turn++;
		clearInterval(trial?.timer);
		clearTimeout(trial?.end);
		trial?.level.close();
		trial?.ctx.close();
		stop_tracks(trial?.stream);
		trial = null;
	}

	async function start() {
		stop();
		problem = "";
		const mine = turn;
		const id = sound_clean(m.look.sound).mic;
		try {
			const stream = await navigator.mediaDevices.getUserMedia({ audio: id ? { deviceId: { exact: id } } : true });
			if (mine !== turn)
				return stop_tracks(stream);
			const ctx = new AudioContext();
			trial = { stream, ctx, level: level_new(ctx, stream), timer: setInterval(show, LEVEL_MS), end: setTimeout(over, LONGEST_MS) };
		} catch (err) {
			if (mine !== turn)
				return;
			problem = navigator.mediaDevices ? mic_error(err) : "insecure";
		}
		await look(); /* with permission they have names */
	}

	function show() {
		shown = level_fall(shown, trial.level.read());
		if (bar)
			level_show(bar, shown);
	}

	function over() {
		stop();
		draw();
	}

	async function chose(part) {
		await set(part);
		if ("mic" in part && trial)
			await start();
		await look();
	}

	/* ---- drawing ---- */

	function choice(id, kind, value, first, key) {
		const all = list.filter((d) => d.kind === kind && d.deviceId && !PSEUDO.includes(d.deviceId));
		/* one that was chosen and is away stays chosen, and says so */
		const away = value && !all.some((d) => d.deviceId === value);
		return html`<label class="setting"><span>${m.t(key)}</span>
			<select data-sound=${id} value=${value} onChange=${(ev) => chose({ [id]: ev.currentTarget.value })}>
				<option value="">${first}</option>
				${away && html`<option value=${value}>${m.t("sound.away")}</option>`}
				${all.map((d, i) => html`<option key=${d.deviceId} value=${d.deviceId}>${device_name(d) || m.t("sound.device", { n: i + 1 })}</option>`)}
			</select>
		</label>`;
	}

	const button = (id, words, act) => html`<button type="button" class="small" data-action=${id} onClick=${act}><span>${words}</span></button>`;

	function system(kind) {
		const d = device_behind(list, kind, { deviceId: "default" });
		return m.t("sound.system") + (d ? ` (${device_name(d)})` : "");
	}

	function microphone(is) {
		const { t } = m;
		return html`<h3>${t("sound.mic")}</h3>
			${choice("mic", "audioinput", is.mic, system("audioinput"), "sound.which")}
			<p class="door-row">
				${button("sound_level", t(trial ? "sound.level_end" : "sound.level"), trial ? over : start)}
				${trial && meter(t("mic.level"), (el) => (bar = el))}
			</p>
			<div role="alert">
				${problem && html`<p class="notice" data-grave="true"><span><strong>${t("notice.mic_" + problem)}</strong> ${t(`notice.mic_${problem}.about`)}</span></p>`}
			</div>`;
	}

	function output(is) {
		const { t } = m;
		if (!("setSinkId" in HTMLMediaElement.prototype))
			return html`<h3>${t("sound.out")}</h3><p class="quiet">${t("sound.no_choice")}</p>`;
		return html`<h3>${t("sound.out")}</h3>
			${choice("out", "audiooutput", is.out, system("audiooutput"), "sound.which")}
			<p>${button("sound_tone", t("sound.tone"), () => tone(is.out))}</p>`;
	}

	function ring(is) {
		const { t } = m;
		const can = "setSinkId" in AudioContext.prototype;
		return html`<h3>${t("sound.ring")}</h3>
			${can && choice("ring_out", "audiooutput", is.ring_out, t("sound.ring_same"), "sound.which")}
			<label class="setting"><span>${t("sound.kind")}</span>
				<select data-sound="ring" value=${is.ring} onChange=${(ev) => chose({ ring: ev.currentTarget.value })}>
					${Object.keys(RINGS).map((k) => html`<option key=${k} value=${k}>${t("ring." + k)}</option>`)}
				</select>
			</label>
			<label class="setting"><span>${t("sound.volume")}</span>
				<select data-sound="volume" value=${String(is.volume)} onChange=${(ev) => chose({ volume: Number(ev.currentTarget.value) })}>
					${VOLUMES.map((n) => html`<option key=${n} value=${String(n)}>${n} %</option>`)}
				</select>
			</label>
			${is.ring === "none" ? html`<p class="quiet">${t("sound.none_about")}</p>` : html`<p>${button("sound_ring", t("sound.try_ring"), () => m.ring.once())}</p>`}`;
	}

	async function ask_notify() {
		await Notification.requestPermission();
		draw();
	}

	function notify() {
		const { t } = m;
		const is = notify_state();
		return html`<h3>${t("test.notify")}</h3>
			<p class="quiet">${t("sound.notify_about")}</p>
			<p>${is === "default" ? button("sound_notify", t("test.notify.ask"), ask_notify) : t("test.notify." + is)}</p>`;
	}

	function buttons() {
		const { t } = m;
		const names = m.hid?.names() ?? [];
		return html`<h3>${t("hid.title")}</h3>
			<p class="quiet">${t(m.hid?.can ? "hid.about" : "hid.none")}</p>
			${names.map((n) => html`<p class="mark" data-hid=${n}>${t("hid.on", { name: n })}</p>`)}
			${m.hid?.can && html`<p>${button("hid", t("hid.ask"), () => m.hid.ask())}</p>`}`;
	}

	look();
	return {
		end: stop,
		draw() {
			const is = sound_clean(m.look.sound);
			return html`<dialog class="help sounds" aria-labelledby="sounds-title" ref=${show_modal} onClose=${close}>
				<h2 id="sounds-title">${m.t("sound.title")}</h2>
				${microphone(is)} ${output(is)} ${ring(is)} ${notify()} ${buttons()}
				<p><button type="button" class="small" onClick=${(ev) => ev.currentTarget.closest("dialog").close()}>
					<span>${m.t("action.close")}</span><kbd aria-hidden="true">Esc</kbd>
				</button></p>
			</dialog>`;
		},
	};
}
