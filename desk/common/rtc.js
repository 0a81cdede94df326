// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * rtc -- one voice connection of the browser to the relay, in any codec of a telephone network, or Opus, and with telephone keys
 * (RFC 4733); no candidates of ours in the offer.
 *
 * The relay is ICE-lite with candidates in its answer, so the offer leaves at once and no third party is
 * asked for anything.  turn: the house's own TURN servers, where it has any: what the browser gets there it tries by itself,
 * after what is direct (RFC 8445 section 5.1.2), and the relay learns of it by the first check (section 7.3.1.3).
 */
export function rtc_new({ stream, audio, on_state, turn = [] }) {
	const pc = new RTCPeerConnection({
		iceServers: turn,
		bundlePolicy: "max-bundle",
		rtcpMuxPolicy: "require",
	});
	const transceiver = pc.addTransceiver(stream.getAudioTracks()[0], {
		direction: "sendrecv",
		streams: [stream],
	});
	prefer(transceiver, CODECS);
	pc.ontrack = (ev) => {
		audio.srcObject = new MediaStream([ev.track]);
	};
	pc.onconnectionstatechange = () => on_state(pc.connectionState);

	return {
		async offer() {
			await pc.setLocalDescription();
			return pc.localDescription.sdp;
		},
		answer: (sdp) => pc.setRemoteDescription({ type: "answer", sdp }),
		pc,
		transceiver,
		state: () => pc.connectionState,
		replace: (track) => transceiver.sender.replaceTrack(track),
		stats: () => pc.getStats(),
		close() {
			pc.onconnectionstatechange = null;
			pc.ontrack = null;
			pc.close();
			audio.srcObject = null;
		},
	};
}

export const CODECS = ["pcma", "pcmu", "g722", "opus", "red", "telephone-event"];

/* What is not in the list is not offered: comfort noise, other clocks. */
export function prefer(transceiver, names) {
	const all = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
	const ours = names.flatMap((name) => all.filter((c) => c.mimeType.toLowerCase() === "audio/" + name));
	if (ours.length > 0)
		transceiver.setCodecPreferences(ours);
}
