// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * devices -- headsets that come and go: which microphone and which output the agent chose or began with, what is in use
 * now, and what to do when the list changes.  What was chosen stays on this device (look.js); it is the browser's name of it for this page.
 */

/* "Default" and "communications" stand for a real device of the same group. */
const PSEUDO = ["default", "communications"];
const real = (list, kind) => list.filter((d) => d.kind === kind && !PSEUDO.includes(d.deviceId));

/* The real device behind what is used ({ deviceId, groupId }, as a track's settings tell), or null where the
 * browser does not say. */
export function device_behind(list, kind, used) {
	const all = real(list, kind).filter((d) => d.deviceId);
	const entry = list.find((d) => d.kind === kind && d.deviceId === used.deviceId);
	const group = used.groupId ?? entry?.groupId;
	return (
		all.find((d) => d.deviceId === used.deviceId) ??
		all.find((d) => group && d.groupId === group) ??
		null
	);
}

export const device_there = (list, d) => list.some((x) => x.kind === d.kind && x.deviceId === d.deviceId);

/* Which microphone to open now: a device's id, "" (the browser's choice), or null: none.  first: the one that
 * the agent began with; now: the one in use; works: it gives sound. */
export function input_wanted(list, { first, now, works }) {
	if (first && device_there(list, first))
		return works && (!now || now.deviceId === first.deviceId) ? null : first.deviceId;
	if (works && (!now || device_there(list, now)))
		return null;
	return real(list, "audioinput").length > 0 ? "" : null;
}

/* "Headset (0b0e:0422)" without its numbers. */
export const device_name = (d) => (d?.label ?? "").replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, "");

/* Of the microphone: not ours to open, or about to be opened. */
const LEAVE = ["off", "asking", "denied", "insecure"];

/* open(id): another microphone; on_change() when state() gives something else; chosen(): { mic, out }, of sound_clean(). */
export function devices_new({ mic, audio, open, on_change, chosen }) {
	const is = { first: null, now: null, output: null, output_now: null };
	let lost = false; /* the output that the agent began with is away */
	let opening = false; /* the one to come back to is there, and about to be used */
	let running = false;
	let again = false;

	const there = (list, kind, id) => (id && real(list, kind).find((d) => d.deviceId === id)) || null;

	/* Where the sound comes out: what was chosen, while it is there; else the system's. */
	async function output(list) {
		const want = there(list, "audiooutput", chosen()?.out);
		const id = want?.deviceId ?? "";
		if (audio.setSinkId && audio.sinkId !== id)
			await audio.setSinkId(id).catch(() => {});
		is.output ??= want;
	}

	const list_now = async () => (await navigator.mediaDevices?.enumerateDevices()) ?? [];

	function look(list) {
		is.output_now = device_behind(list, "audiooutput", { deviceId: audio.sinkId || "default" });
		is.output ??= is.output_now;
		lost = is.output !== null && !device_there(list, is.output);
	}

	/* A microphone was opened. */
	async function opened() {
		const list = await list_now();
		const track = mic.stream()?.getAudioTracks()[0];
		if (!track)
			return;
		is.now = device_behind(list, "audioinput", track.getSettings());
		is.first ??= there(list, "audioinput", chosen()?.mic) ?? is.now;
		await output(list);
		look(list);
		on_change();
		if (is.first && is.now && is.first.deviceId !== is.now.deviceId)
			await changed();
	}

	/* One came or went; the browser may say so several times, and in any order. */
	async function changed() {
		again = true;
		if (running)
			return;
		running = true;
		while (again) {
			again = false;
			await follow().catch(() => {});
		}
		running = false;
	}

	async function follow() {
		const list = await list_now();
		if (LEAVE.includes(mic.state()))
			return;
		const id = input_wanted(list, { ...is, works: mic.works() });
		await output(list);
		look(list);
		opening = id !== null && id === is.first?.deviceId;
		on_change();
		if (id !== null)
			await open(id).finally(() => (opening = false));
	}

	/* What is in use now is good. */
	function keep() {
		is.first = is.now;
		is.output = is.output_now;
		lost = false;
		on_change();
	}

	/* For the notices: the names of what is gone and of what is used in its place, or null. */
	function state() {
		const other = !opening && is.first && is.now && is.first.deviceId !== is.now.deviceId && mic.works();
		return {
			mic: other ? { gone: device_name(is.first), now: device_name(is.now) } : null,
			output: lost ? { gone: device_name(is.output), now: device_name(is.output_now) } : null,
		};
	}

	/* The agent chose another: from now on that is the one to come back to. */
	async function choose() {
		const list = await list_now();
		is.first = there(list, "audioinput", chosen()?.mic) ?? is.first;
		is.output = null;
		await changed();
	}

	navigator.mediaDevices?.addEventListener("devicechange", changed);
	return { opened, changed, keep, state, choose, list: list_now, now: () => is };
}
