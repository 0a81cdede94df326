// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * plan -- a week plan as the page changes it: what is chosen for a day, its hours, the dates of a week.  Pure.
 *
 * A plan is that of the API: seven days, each { absent, spans: [{ from, to, at }] }, in minutes of the day.
 */
const HOURS = [
	{ from: 480, to: 720 },
	{ from: 780, to: 1020 },
];
export const SPANS_MAX = 4;
const HALF = 30;

/* "office", "home", "split", "off" or "absent": what a day is. */
export function choice_of(day) {
	if (day.absent)
		return "absent";
	if (day.spans.length === 0)
		return "off";
	const places = new Set(day.spans.map((s) => s.at));
	return places.size > 1 ? "split" : day.spans[0].at;
}

/* The hours of a day of work that had none: as on the first other day of the week that has. */
function usual_hours(plan) {
	return plan.find((d) => d.spans.length > 0)?.spans ?? HOURS;
}

/* The plan with another choice for that day. */
export function choose(plan, i, choice) {
	const day = plan[i];
	const next = { ...day, absent: choice === "absent" };
	if (choice === "off")
		next.spans = [];
	if (choice === "home" || choice === "office") {
		const hours = day.spans.length > 0 ? day.spans : usual_hours(plan);
		next.spans = hours.map(({ from, to }) => ({ from, to, at: choice }));
	}
	return plan.with(i, next);
}

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* Of a plan: days at home as a whole, days with the office in them, minutes of work. */
export function sums(plan) {
	const worked = plan.filter((d) => !d.absent && d.spans.length > 0);
	return {
		home: worked.filter((d) => choice_of(d) === "home").length,
		office: worked.filter((d) => d.spans.some((s) => s.at === "office")).length,
		minutes: worked.flatMap((d) => d.spans).reduce((n, s) => n + s.to - s.from, 0),
	};
}

export const is_at_office = (day) => !day.absent && day.spans.some((s) => s.at === "office");

/* "08:30" */
export function clock_of(minute) {
	const two = (n) => String(n).padStart(2, "0");
	return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/* Minutes of "08:30", to the quarter; NaN: not a time. */
export function minute_of(text) {
	const [, h, m] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
	return Math.round((Number(h) * 60 + Number(m)) / 15) * 15;
}

export const hours_text = (day) => day.spans.map((s) => `${clock_of(s.from)}–${clock_of(s.to)}`).join(", ");

/* The week's dates; monday: "2026-11-23". */
export function dates_of(monday) {
	const [y, m, d] = monday.split("-").map(Number);
	return Array.from({ length: 7 }, (_, i) => new Date(y, m - 1, d + i));
}

/* The hours that a picture of these plans shows: from six to eight in the evening, and more where there is work. */
export function frame_of(plans) {
	const spans = plans.flat().flatMap((d) => d.spans);
	return {
		from: Math.min(360, ...spans.map((s) => s.from)),
		to: Math.max(1200, ...spans.map((s) => s.to)),
	};
}

/* The half-hours in which too few are there, put together: "08:00–09:30 (2)". */
export function gaps_of(have, need) {
	const gaps = [];
	need.forEach((n, h) => {
		const missing = n - have[h];
		const last = gaps.at(-1);
		if (missing <= 0)
			return;
		if (last?.to === h * HALF && last.missing === missing)
			last.to += HALF;
		else
			gaps.push({ from: h * HALF, to: (h + 1) * HALF, missing });
	});
	return gaps;
}
