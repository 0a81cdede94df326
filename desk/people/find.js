// SPDX-License-Identifier: AGPL-3.0-or-later
/* find -- those whose name, login, team, skill or role begins with each of the words; by name.  Pure. */
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

export function found(people, typed) {
	const words = plain(typed).split(/\s+/).filter(Boolean);
	const fits = (p) => {
		const parts = [p.login, ...p.name.split(/[\s-]+/), ...p.teams, ...p.skills, ...p.roles, p.workplace].map(plain);
		return words.every((w) => parts.some((part) => part.startsWith(w)));
	};
	return people.filter(fits).sort((a, b) => a.name.localeCompare(b.name, "de"));
}
