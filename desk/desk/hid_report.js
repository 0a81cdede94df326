// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * hid_report -- what a headset's buttons say and which lamps it has, by its report descriptor as WebHID gives it
 * (HIDCollectionInfo, wicg.github.io/webhid/); pure.
 *
 * Usages: USB HID Usage Tables 1.5, Telephony Device page (0x0B) and LED page (0x08), as (page << 16) + usage.  Bits of a report go
 * from the lowest of its first byte on (USB HID 1.11 section 5.8).  The descriptor is a device's own word: what it says
 * out of range is left out.
 */
export const TELEPHONY = 0x0b;
const BUTTONS = { hook: 0x0b0020, mute: 0x0b002f };
const LEDS = { mute: 0x080009, offhook: 0x080017, ring: 0x080018, hold: 0x080020 };
const BITS_MOST = 8 * 1024; /* of a report; those of headsets have a few bytes */
const COUNT_MOST = 256; /* fields of an item */

/* One usage for each field of an item: a range, or a list whose last one holds for all that follow. */
function usage_at(item, i) {
	if (item.isRange)
		return item.usageMinimum + i <= item.usageMaximum ? item.usageMinimum + i : 0;
	return item.usages?.[Math.min(i, item.usages.length - 1)] ?? 0;
}

/* Where the wanted fields of one report are: { names, bits }. */
function report_fields(report, wanted) {
	const fields = [];
	let bit = 0;
	for (const item of report.items ?? []) {
		const { reportSize: size = 0, reportCount: count = 0 } = item;
		if (size < 0 || count < 0 || bit + size * count > BITS_MOST)
			return { bits: 0, fields: [] };
		for (let i = 0; i < Math.min(count, COUNT_MOST) && !item.isConstant; i++)
			fields.push(...fields_at(item, i, bit + i * size, wanted));
		bit += size * count;
	}
	return { bits: bit, fields };
}

/* Of an array each field may name any of the item's usages (section 6.2.2.5). */
function fields_at(item, i, bit, wanted) {
	const size = item.reportSize;
	const name_of = (usage) => Object.keys(wanted).find((k) => wanted[k] === usage);
	if (!item.isArray) {
		const name = name_of(usage_at(item, i));
		return name ? [{ name, bit, size, is: null, keeps: item.isAbsolute !== false && !item.hasPreferredState }] : [];
	}
	const n = Math.min(item.isRange ? item.usageMaximum - item.usageMinimum + 1 : (item.usages?.length ?? 0), COUNT_MOST);
	return Array.from({ length: Math.max(0, n) }, (_, k) => [name_of(usage_at(item, k)), (item.logicalMinimum ?? 0) + k])
		.filter(([name]) => name)
		.map(([name, is]) => ({ name, bit, size, is, keeps: false }));
}

function reports_of(collections, kind, wanted) {
	const found = new Map();
	for (const c of collections ?? [])
		for (const report of c[kind] ?? []) {
			const r = report_fields(report, wanted);
			if (r.fields.length > 0 && !found.has(report.reportId))
				found.set(report.reportId, r);
		}
	return found;
}

/* { inputs, outputs }: by report id where buttons and lamps are; null: no headset of ours. */
export function hid_layout(collections) {
	const phone = (collections ?? []).some((c) => c.usagePage === TELEPHONY);
	const inputs = reports_of(collections, "inputReports", BUTTONS);
	return phone && inputs.size > 0 ? { inputs, outputs: reports_of(collections, "outputReports", LEDS) } : null;
}

function bits_at(bytes, bit, size) {
	let value = 0;
	for (let i = 0; i < Math.min(size, 31); i++) {
		const byte = bytes[(bit + i) >> 3] ?? 0;
		value |= ((byte >> ((bit + i) & 7)) & 1) << i;
	}
	return value;
}

/* What a report says: { hook: { on, keeps }, mute: … }; keeps: the button stays where it is put, or null: it is pressed and let go.
 * bytes: without the report's id. */
export function hid_read(layout, id, bytes) {
	const said = {};
	for (const f of layout.inputs.get(id)?.fields ?? []) {
		const value = bits_at(bytes, f.bit, f.size);
		const on = f.is === null ? value !== 0 : value === f.is;
		said[f.name] = { on: on || said[f.name]?.on === true, keeps: f.keeps };
	}
	return said;
}

/* The reports that put the lamps so: [id, bytes]. lamps: { ring, offhook, mute, hold }. */
export function hid_write(layout, lamps) {
	return [...layout.outputs].map(([id, { bits, fields }]) => {
		const bytes = new Uint8Array(Math.ceil(bits / 8));
		for (const f of fields)
			if (lamps[f.name] && f.is === null)
				bytes[f.bit >> 3] |= 1 << (f.bit & 7);
		return [id, bytes];
	});
}

const IN_CALL = ["talking", "interrupted", "hold"];

/* What is to be lit in a view. */
export function hid_lamps(view, muted) {
	const state = view?.state;
	return {
		ring: state === "offered",
		offhook: IN_CALL.includes(state),
		mute: IN_CALL.includes(state) && muted,
		hold: state === "hold",
	};
}

/* What the agent wants who pressed: an action of actions.js, or "". was: the report before, of the same device. */
export function hid_means(was, said, view, muted) {
	const pressed = (name) => said[name]?.on === true && was[name]?.on !== true;
	const released = (name) => said[name]?.on === false && was[name]?.on === true;
	const state = view?.state;
	if (state === "offered")
		return pressed("hook") ? "accept" : "";
	if (!IN_CALL.includes(state))
		return "";
	/* A hook that keeps is put down; one that springs back is pressed once more. */
	if (said.hook && (said.hook.keeps ? released("hook") : pressed("hook")))
		return "hangup";
	if (state === "hold" || !said.mute)
		return "";
	if (!said.mute.keeps)
		return pressed("mute") ? (muted ? "unmute" : "mute") : "";
	return said.mute.on !== muted && said.mute.on !== was.mute?.on ? (said.mute.on ? "mute" : "unmute") : "";
}
