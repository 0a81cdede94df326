// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * rtc -- one voice connection of the browser to the relay, in any codec of a telephone network, or Opus; no ICE servers, no
 * candidates of ours.
 *
 * The relay is ICE-lite with candidates in its answer, so the offer leaves at once and no third party is
 * asked for anything.
 */
/* more: by their types; Opus twice (RFC 2198). */
export function rtc_new({ stream, audio, on_state, more = ["audio/red"] }) {
	const pc = new RTCPeerConnection({
		iceServers: [],
		bundlePolicy: "max-bundle",
		rtcpMuxPolicy: "require",
	});
	const transceiver = pc.addTransceiver(stream.getAudioTracks()[0], {
		direction: "sendrecv",
		streams: [stream],
	});
	prefer(transceiver, more);
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
		sender: transceiver.sender,
		state: () => pc.connectionState,
		/* Another codec from the next packet on, where the browser can; the relay understands whatever comes. */
		async speak(codec) {
			const p = transceiver.sender.getParameters();
			const is = p.codecs.find((c) => c.mimeType.toLowerCase() === "audio/" + codec.toLowerCase());
			if (!is || !p.encodings[0])
				return;
			p.encodings[0].codec = is;
			await transceiver.sender.setParameters(p);
		},
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

/* What is not in the list is not offered: comfort noise, other clocks. */
function prefer(transceiver, more) {
	const all = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
	const ours = ["audio/pcma", "audio/pcmu", "audio/g722", "audio/opus", ...more]
		.flatMap((name) => all.filter((c) => c.mimeType.toLowerCase() === name));
	if (ours.length > 0)
		transceiver.setCodecPreferences(ours);
}
