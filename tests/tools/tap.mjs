// SPDX-License-Identifier: AGPL-3.0-or-later
//
// tap -- counts the cases of a test that speaks TAP (testanything.org, versions 12 to 14).
//
// Strict on purpose: what did not say that it passed has failed.  A case that is missing from its plan, a
// bail-out, a plan that never came, "not ok # TODO", a crash, a time-out: each is a failure.
// Of nested tests (node:test, four columns a level) the leaves are counted; their parents only when one
// fails although all within it passed.

const RESULT = /^( *)(not )?ok\b *\d* *(?:- )?(.*)$/;
const PLAN = /^( *)1\.\.(\d+) *(?:#(.*))?$/;
const DETAIL_MAX = 30; // lines shown of one failure

export class Tap {
	passed = 0;
	failed = 0;
	skipped = 0;
	failures = []; // { name, detail: [] }
	#levels = [];
	#yaml = false;
	#detail = null;

	#level(depth) {
		return (this.#levels[depth] ??= { seen: 0, bad: 0, plan: null });
	}

	#fail(name, n = 1) {
		this.failed += n;
		this.#detail = [];
		this.failures.push({ name, detail: this.#detail });
	}

	// What a level promised and did not hold.
	#settle(level, where) {
		if (level.plan !== null && level.seen < level.plan) {
			this.#fail(`${where}: ${level.plan - level.seen} of ${level.plan} planned cases never came`,
				level.plan - level.seen);
			level.bad++;
		} else if (level.plan !== null && level.seen > level.plan) {
			this.#fail(`${where}: ${level.seen} cases where ${level.plan} were planned`);
			level.bad++;
		}
	}

	line(text) {
		if (this.#yaml || /^ *---$/.test(text)) {
			this.#yaml = !/^ *\.\.\.$/.test(text);
			this.#note(text);
			return;
		}
		let m;
		if ((m = RESULT.exec(text)))
			this.#result(m[1].length >> 2, Boolean(m[2]), m[3]);
		else if ((m = PLAN.exec(text)))
			this.#plan(m[1].length >> 2, Number(m[2]), m[3]);
		else if (/^Bail out!/.test(text))
			this.#fail(text);
		else
			this.#note(text);
	}

	#note(text) {
		if (this.#detail && this.#detail.length < DETAIL_MAX)
			this.#detail.push(text);
	}

	#result(depth, bad, name) {
		const inner = this.#levels[depth + 1];
		if (inner)
			this.#settle(inner, name);
		this.#levels.length = Math.min(this.#levels.length, depth + 1);
		this.#detail = null;
		if (bad && !(inner && inner.bad))
			this.#fail(name);
		else if (!bad && !(inner && inner.seen)) {
			if (/# *skip/i.test(name))
				this.skipped++;
			else
				this.passed++;
		}
		const level = this.#level(depth);
		level.seen++;
		level.bad += bad || (inner && inner.bad) ? 1 : 0;
	}

	#plan(depth, n, why) {
		const level = this.#level(depth);
		this.#detail = null;
		if (level.plan !== null)
			this.#fail('more than one plan');
		level.plan = n;
		if (n === 0 && /skip/i.test(why ?? ''))
			this.skipped++;
		else if (n === 0 && depth === 0)
			this.#fail('a plan of no cases');
	}

	// ended: { code, signal, timeout } of the process that spoke.
	end({ code = 0, signal = null, timeout = 0 } = {}) {
		this.#detail = null;
		const top = this.#level(0);
		for (const [depth, level] of this.#levels.entries())
			if (level && depth > 0)
				this.#settle(level, 'a test that did not end');
		this.#settle(top, 'plan');
		if (timeout)
			this.#fail(`no end within ${timeout} s`);
		else if (signal)
			this.#fail(`ended by ${signal}`);
		else if (top.plan === null)
			this.#fail(`no plan: it stopped early, with status ${code}`);
		else if (code !== 0 && this.failed === 0)
			this.#fail(`all cases passed, but it ended with status ${code}`);
		return this;
	}
}
