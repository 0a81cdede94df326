// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * mic -- the microphone: opened once, disabled at once, watched.
 *
 * on_state: "off", "asking", "on", or what is wrong: "denied", "missing", "busy", "insecure", "ended" (it
 * was unplugged), "muted" (device or system gives no sound).  Whoever holds it decides when the track is
 * enabled.
 */
const WRONG = {
	NotAllowedError: "denied",
	SecurityError: "insecure",
	NotFoundError: "missing",
	OverconstrainedError: "missing",
};

const PATIENCE_MS = 15000;

/* Rejects where nobody is asked and nothing comes: a driver that hangs. */
const hung = () =>
	new Promise((_, no) =>
		navigator.permissions
			?.query({ name: "microphone" })
			.then((p) => p.state === "granted" && setTimeout(no, PATIENCE_MS), () => {}),
	);

export const mic_error = (err) => WRONG[err?.name] ?? "busy";

export function mic_new(on_state) {
	let stream = null;
	let state = "off";
	let opening = null;
	let turn = 0; /* what was closed while it opened is not kept */

	function tell(next) {
		state = next;
		on_state(next);
	}

	const track = () => stream?.getAudioTracks()[0];
	const works = () => track()?.readyState === "live";

	/* The stream that is open, is being opened, or is opened now; null: on_state said why.  id: of the
	 * device that it must be, in place of the one that is open or being opened. */
	function open(id = "") {
		if (opening)
			return opening.then((s) => (id && state !== "off" ? open(id) : s));
		if (!id && works())
			return Promise.resolve(stream);
		const mine = ++turn;
		opening = get(id, mine).finally(() => {
			if (mine === turn)
				opening = null;
		});
		return opening;
	}

	async function get(id, my_turn) {
		const before = state;
		if (!navigator.mediaDevices) {
			tell("insecure");
			return null;
		}
		if (!works())
			tell("asking");
		const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
		if (id)
			audio.deviceId = { exact: id };
		const got = navigator.mediaDevices.getUserMedia({ audio });
		try {
			const next = await Promise.race([got, hung()]);
			if (my_turn !== turn) {
				stop(next);
				return null;
			}
			stop(stream);
			stream = next;
		} catch (err) {
			got.then(stop, () => {}); /* too late */
			/* After an unplugging there may be no other yet: the news is still that it is gone. */
			const wrong = mic_error(err);
			if (my_turn === turn && !works())
				tell(before === "ended" && wrong !== "denied" ? before : wrong);
			return null;
		}
		watch(track());
		return stream;
	}

	function watch(t) {
		t.enabled = false;
		t.onended = () => tell("ended");
		t.onmute = () => tell("muted");
		t.onunmute = () => tell("on");
		tell(t.muted ? "muted" : "on");
	}

	function stop(old) {
		for (const t of old?.getTracks() ?? []) {
			t.onended = t.onmute = t.onunmute = null;
			t.stop();
		}
	}

	function close() {
		turn++;
		opening = null;
		stop(stream);
		stream = null;
		if (state !== "off")
			tell("off");
	}

	function enable(on) {
		const t = track();
		if (t)
			t.enabled = on;
	}

	return { open, close, enable, works, stream: () => stream, state: () => state };
}
