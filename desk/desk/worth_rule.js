// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * worth_rule -- is the connection good, fair or poor, and through whose line?  Pure: messages and time are arguments.
 *
 * Judged over the last ten seconds, changed at most every ten, and better only when it is clearly better: a sign that
 * flickers worries more than it tells.  docs/quality.md says where the limits come from.
 */
export const WINDOW_MS = 10000;
export const STAY_MS = 10000;
/* From here on fair, and from here on poor. unheard: percent; the others in ms */
export const LIMITS = { unheard: [1, 5], round_trip: [300, 600], jitter: [30, 80] };
const CLEARLY = 0.6; /* of a limit: below this it is better again */

const GRADES = ["good", "fair", "poor"];
/* The two lines of a talk: the agent's own, and the caller's with the carrier between. */
export const LEGS = { home: "line", caller: "caller" };

/* Percent that was not heard: what was made up where somebody counts it, else what was lost. */
function share(is, was) {
	const grown = (name) => Math.max(0, (is[name] ?? 0) - (was?.[name] ?? 0));
	if (is.frames)
		return grown("frames") ? (100 * grown("concealed")) / grown("frames") : 0;
	return is.lost !== undefined && grown("expected") ? (100 * grown("lost")) / grown("expected") : 0;
}

/* What a leg gave between two messages; was: of the earlier one, or nothing. */
export function leg_figures(is, was) {
	return {
		unheard: Math.max(share(is.in, was?.in), share(is.out, was?.out)),
		round_trip: (is.round_trip_us ?? 0) / 1000,
		/* a jitter buffer of ours evens it out, and its delay is in what is heard */
		jitter: Math.max(is.in.frames ? 0 : (is.in.jitter_us ?? 0), is.out.jitter_us ?? 0) / 1000,
	};
}

/* 0 good, 1 fair, 2 poor; before: as it was graded, whose limits are left only when it is clearly better. */
export function grade_of(figures, before) {
	let grade = 0;
	for (const [name, limits] of Object.entries(LIMITS))
		limits.forEach((limit, i) => {
			const at = before > i ? limit * CLEARLY : limit;
			if (figures[name] >= at)
				grade = Math.max(grade, i + 1);
		});
	return grade;
}

export const worth_begin = () => ({ seen: [], legs: {}, sign: null, changed_at: 0 });

/* The earliest message that is still within the window; none: the talk's beginning. */
function before_of(seen, now) {
	return seen.filter((s) => now - s.at >= WINDOW_MS).at(-1)?.msg;
}

function sign_of(legs) {
	const worst = Math.max(0, ...Object.values(legs));
	const causes = Object.keys(legs).filter((name) => worst > 0 && legs[name] === worst);
	return { grade: GRADES[worst], cause: causes.length > 1 ? "both" : (causes[0] ?? "") };
}

const same = (a, b) => a?.grade === b?.grade && a?.cause === b?.cause;

/* s: from worth_begin(), then what this gave; msg: the centre's "quality"; now: ms, of any clock that only grows. */
export function worth_next(s, msg, now) {
	const is_new = s.seen.length > 0 && msg.for_ms <= s.seen.at(-1).msg.for_ms; /* another talk */
	const old = is_new ? worth_begin() : s;
	const was = before_of(old.seen, now);
	const legs = {};
	for (const [name, member] of Object.entries(LEGS))
		if (msg[member])
			legs[name] = grade_of(leg_figures(msg[member], was?.[member]), old.legs[name] ?? 0);
	const seen = [...old.seen.filter((x) => now - x.at < 2 * WINDOW_MS), { at: now, msg }];
	const sign = sign_of(legs);
	if (old.sign && (same(sign, old.sign) || now - old.changed_at < STAY_MS))
		return { ...old, seen };
	return { seen, legs, sign, changed_at: now };
}
