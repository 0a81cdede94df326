// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * hid -- a headset's own buttons and lamps, where the browser has WebHID: take, hang up, mute; ring, talk, mute lit.
 *
 * The browser asks the agent once, from a button of ours; later the headset is there by itself.  Nothing of it leaves the page: a button does
 * what a click on the desk would, and no more.  Part of late.js.
 */
import { hid_lamps, hid_layout, hid_means, hid_read, hid_write, TELEPHONY } from "./hid_report.js";

/* act(id): as a click on the desk; draw(): what is connected has changed. */
export function hid_new(m, { act, draw }) {
	const hid = navigator.hid;
	const devices = new Map(); /* HIDDevice: { layout, said, lit } */

	async function take(device) {
		const layout = hid_layout(device.collections);
		if (!layout || devices.has(device))
			return;
		devices.set(device, { layout, said: {}, lit: "" });
		try {
			if (!device.opened)
				await device.open();
			device.addEventListener("inputreport", came);
			settle();
		} catch {
			devices.delete(device); /* another program has it */
		}
		draw();
	}

	function came(ev) {
		const d = devices.get(ev.device);
		if (!d)
			return;
		const said = hid_read(d.layout, ev.reportId, new Uint8Array(ev.data.buffer, ev.data.byteOffset, ev.data.byteLength));
		const means = hid_means(d.said, said, m.view, m.muted);
		d.said = { ...d.said, ...said };
		if (means && !m.covered && (means !== "accept" || m.armed))
			act(means);
		d.lit = ""; /* it may have changed its lamps by itself */
		settle();
	}

	/* After each view and each mute. */
	function settle() {
		const lamps = hid_lamps(m.covered ? null : m.view, m.muted);
		const wanted = JSON.stringify(lamps);
		for (const [device, d] of devices) {
			if (d.lit === wanted)
				continue;
			d.lit = wanted;
			for (const [id, bytes] of hid_write(d.layout, lamps))
				device.sendReport(id, bytes).catch(() => {});
		}
	}

	function gone({ device }) {
		if (devices.delete(device))
			draw();
	}

	/* From a click or key: the browser shows what there is. */
	async function ask() {
		const chosen = await hid.requestDevice({ filters: [{ usagePage: TELEPHONY }] }).catch(() => []);
		await Promise.all(chosen.map(take));
	}

	async function begin() {
		hid.addEventListener("connect", (ev) => take(ev.device));
		hid.addEventListener("disconnect", gone);
		await Promise.all((await hid.getDevices()).map(take));
	}

	if (hid)
		begin().catch(() => {});
	return { can: Boolean(hid), ask, settle, names: () => [...devices.keys()].map((d) => d.productName) };
}
