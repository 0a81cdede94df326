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
	NotReadableError: "busy",
	AbortError: "busy",
};

export function mic_error(err) {
	return WRONG[err?.name] ?? "busy";
}

export function mic_new(on_state) {
	let stream = null;
	let state = "off";

	function tell(next) {
		state = next;
		on_state(next);
	}

	/* The stream, or null: on_state said why. */
	async function open() {
		close();
		if (!navigator.mediaDevices) {
			tell("insecure");
			return null;
		}
		tell("asking");
		try {
			stream = await navigator.mediaDevices.getUserMedia({
				audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
			});
		} catch (err) {
			tell(mic_error(err));
			return null;
		}
		watch(stream.getAudioTracks()[0]);
		return stream;
	}

	function watch(track) {
		track.enabled = false;
		track.onended = () => tell("ended");
		track.onmute = () => tell("muted");
		track.onunmute = () => tell("on");
		tell(track.muted ? "muted" : "on");
	}

	function close() {
		for (const track of stream?.getTracks() ?? []) {
			track.onended = track.onmute = track.onunmute = null;
			track.stop();
		}
		stream = null;
		if (state !== "off")
			tell("off");
	}

	function enable(on) {
		const track = stream?.getAudioTracks()[0];
		if (track && track.enabled !== on)
			track.enabled = on;
	}

	/* Called when a device came or went while ours is away. */
	function on_devices(fn) {
		navigator.mediaDevices?.addEventListener("devicechange", () => {
			if (state === "ended" || state === "missing")
				fn();
		});
	}

	return { open, close, enable, on_devices, stream: () => stream, state: () => state };
}
