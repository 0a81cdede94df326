// SPDX-License-Identifier: AGPL-3.0-or-later
/* stats -- what the browser says of the line. Pure; part of late.js. */
/* What the browser counts, of getStats(): packets both ways, lost, round trip in ms (null: not known yet). */
export function stats_read(report) {
	const out = { sent: 0, received: 0, lost: 0, round_trip_ms: null };
	for (const s of report.values()) {
		if (s.type === "outbound-rtp" && s.kind === "audio")
			out.sent += s.packetsSent ?? 0;
		if (s.type === "inbound-rtp" && s.kind === "audio") {
			out.received += s.packetsReceived ?? 0;
			out.lost += s.packetsLost ?? 0;
		}
		if (s.type === "candidate-pair" && s.nominated && s.currentRoundTripTime !== undefined)
			out.round_trip_ms = s.currentRoundTripTime * 1000;
	}
	return out;
}
