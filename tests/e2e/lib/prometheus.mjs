// SPDX-License-Identifier: AGPL-3.0-or-later
//
// prometheus -- a strict reader of the text format 0.0.4, in the manner of promtool: what it does not take, no scraper needs
// to.  https://prometheus.io/docs/instrumenting/exposition_formats/

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\["\\\\n])*)"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL})(?:,${LABEL})*)\\})? (\\+Inf|-Inf|NaN|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`);
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

function labelsOf(text = '') {
	const labels = {};
	for (const [, name, value] of text.matchAll(new RegExp(LABEL, 'g'))) {
		if (name in labels)
			throw new Error(`label ${name} twice in ${text}`);
		labels[name] = value;
	}
	return labels;
}

const baseOf = (name, family) => (family?.type === 'histogram' && name.startsWith(family.name) &&
	['_bucket', '_sum', '_count'].includes(name.slice(family.name.length)) ? family.name : name);

// Each histogram's buckets go up, end with +Inf, and that is the count.
function checkHistogram({ name, samples }) {
	const rows = new Map();
	for (const s of samples) {
		const { le, ...rest } = s.labels;
		const key = JSON.stringify(rest);
		const row = rows.get(key) ?? rows.set(key, { buckets: [] }).get(key);
		if (s.name === `${name}_bucket`)
			row.buckets.push([le === '+Inf' ? Infinity : Number(le), s.value]);
		else
			row[s.name.slice(name.length + 1)] = s.value;
	}
	for (const [key, { buckets, sum, count }] of rows) {
		const goUp = buckets.every(([le, n], i) => i === 0 || (le > buckets[i - 1][0] && n >= buckets[i - 1][1]));
		if (!goUp || buckets.at(-1)?.[0] !== Infinity || buckets.at(-1)[1] !== count || !(sum >= 0))
			throw new Error(`${name}${key} is no histogram: ${JSON.stringify({ buckets, sum, count })}`);
	}
}

// { NAME: { name, type, help, samples: [{ name, labels, value }] } }; throws at the first thing that is wrong.
export function parse(text) {
	const families = {};
	const seen = new Set();
	let now;
	if (!text.endsWith('\n'))
		throw new Error('the last line has no end');
	for (const line of text.slice(0, -1).split('\n')) {
		const [, what, name, rest] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line) ?? [];
		if (what === 'HELP') {
			if (families[name])
				throw new Error(`family ${name} twice`);
			now = families[name] = { name, help: rest, samples: [] };
		} else if (what === 'TYPE') {
			if (now?.name !== name || now.type || now.samples.length || !TYPES.includes(rest))
				throw new Error(`wrong place or type: ${line}`);
			now.type = rest;
		} else {
			const match = SAMPLE.exec(line);
			if (!match)
				throw new Error(`no sample: ${line}`);
			if (!now?.type || baseOf(match[1], now) !== now.name)
				throw new Error(`a sample outside its family: ${line}`);
			const key = line.slice(0, line.lastIndexOf(' '));
			if (seen.has(key))
				throw new Error(`twice: ${key}`);
			seen.add(key);
			const value = Number(match.at(-1).replace('Inf', 'Infinity'));
			if (now.type === 'counter' && !(value >= 0))
				throw new Error(`a counter below 0: ${line}`);
			now.samples.push({ name: match[1], labels: labelsOf(match[2]), value });
		}
	}
	for (const family of Object.values(families))
		if (family.type === 'histogram')
			checkHistogram(family);
	return families;
}

// The value of the one sample with these labels; null: there is none.
export function value(families, name, labels = {}, sample = name) {
	const found = families[name]?.samples.filter((s) => s.name === sample &&
		Object.entries(labels).every(([k, v]) => s.labels[k] === v)) ?? [];
	if (found.length > 1)
		throw new Error(`${name} ${JSON.stringify(labels)}: ${found.length} samples`);
	return found[0]?.value ?? null;
}
