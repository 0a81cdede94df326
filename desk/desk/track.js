// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * track -- when the microphone is let through, and nothing else.
 *
 * The standing line is not a standing microphone: only in a talk and not muted, or during the line test
 * before the shift.  It follows the centre's view, never a click.  No view, or a talk whose line is
 * interrupted: no microphone.
 */
export function track_enabled(view, muted) {
	if (!view)
		return false;
	if (view.state === "talking")
		return !muted;
	return view.state === "out" && view.testing === true;
}
