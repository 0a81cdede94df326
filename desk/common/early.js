// SPDX-License-Identifier: AGPL-3.0-or-later
// Before the first paint, so not a module: the scheme that was chosen on this device, if one was.
try {
	const look = JSON.parse(localStorage.getItem("heimamt.look"));
	if (look && (look.theme === "light" || look.theme === "dark"))
		document.documentElement.dataset.theme = look.theme;
} catch {
	// no storage, or not ours: the system's scheme holds
}
