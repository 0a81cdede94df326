// SPDX-License-Identifier: AGPL-3.0-or-later
/* way_rule -- what the browser's figures and errors say of the way of a line; pure. */

/* Of getStats(): "turn", "turn_tcp", "tcp", or "": direct, or not known yet. */
export function way_of(report) {
	const all = [...report.values()];
	const used = all.find((s) => s.type === "transport" && s.selectedCandidatePairId)?.selectedCandidatePairId;
	const local = report.get(report.get(used)?.localCandidateId);
	if (local?.candidateType === "relay")
		return local.relayProtocol === "udp" ? "turn" : "turn_tcp";
	return local?.protocol === "tcp" ? "tcp" : "";
}

/* An answer of the server (STUN's codes, RFC 8489 section 14.8), not its silence (701 of RTCPeerConnectionIceErrorEvent). */
export const is_refusal = (code) => code >= 300 && code <= 699;
