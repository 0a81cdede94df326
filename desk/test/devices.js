// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * devices -- runs in a page before its own scripts: a headset and a laptop that can be pulled out and plugged in,
 * in window.devices.  The sound is the browser's fake microphone's.
 */
export const DEVICES = () => {
	const device = (kind, id, group, label) => ({ kind, deviceId: id, groupId: group, label });
	const headset = [
		device("audioinput", "hi", "g1", "Headset (0b0e:0422)"),
		device("audiooutput", "ho", "g1", "Headset (0b0e:0422)"),
	];
	const laptop = [
		device("audioinput", "li", "g2", "Laptop"),
		device("audiooutput", "lo", "g2", "Laptop"),
	];
	const open = [];
	const d = { headset, laptop, open, list: [...headset, ...laptop] };
	window.devices = d;
	/* The system's default is the first of its kind. */
	const first = (kind) => d.list.find((x) => x.kind === kind);
	const pseudo = (kind) => (first(kind) ? [{ ...first(kind), deviceId: "default" }] : []);
	const changed = () => navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
	d.pull = (kind, group) => {
		d.list = d.list.filter((x) => x.kind !== kind || x.groupId !== group);
		for (const t of open.filter((t) => kind === "audioinput" && t.is.groupId === group && t.readyState === "live")) {
			t.stop();
			t.dispatchEvent(new Event("ended"));
		}
		changed();
	};
	d.plug = (list) => {
		d.list = [...list, ...d.list];
		changed();
	};
	MediaDevices.prototype.enumerateDevices = async () => [
		...pseudo("audioinput"),
		...pseudo("audiooutput"),
		...d.list,
	];
	const get = MediaDevices.prototype.getUserMedia;
	MediaDevices.prototype.getUserMedia = async function (want) {
		const id = want.audio.deviceId?.exact;
		const is = id ? d.list.find((x) => x.deviceId === id) : first("audioinput");
		if (!is)
			throw new DOMException("gone", "NotFoundError");
		const stream = await get.call(this, { audio: true });
		const track = stream.getAudioTracks()[0];
		track.is = is;
		track.getSettings = () => ({ deviceId: id ?? "default", groupId: is.groupId });
		open.push(track);
		return stream;
	};
};
