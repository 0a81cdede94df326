// SPDX-License-Identifier: AGPL-3.0-or-later
//
// kamailio -- Debian's Kamailio as a carrier on loopback: TLS towards the house, UDP towards its subscribers, digest for
// REGISTER and INVITE, Record-Route, a registrar in memory.  Its configuration is made here.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freeTcpPort, freeUdpPort, listens } from './ports.mjs';
import { Program } from './process.mjs';
import { until } from './wait.mjs';

const MODULES = ['tls', 'sl', 'tm', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar', 'auth', 'siputils', 'textops', 'xlog', 'sanity'];

// A certificate for these names, signed by itself: who believes it believes nobody else.
export function certificate(folder, names) {
	const pem = { key: path.join(folder, 'key.pem'), certificate: path.join(folder, 'certificate.pem') };
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
		'-keyout', pem.key, '-out', pem.certificate, '-subj', `/CN=${names[0]}`,
		'-addext', `subjectAltName=${names.map((n) => `DNS:${n}`).join(',')}`], { stdio: 'ignore' });
	return pem;
}

// account: { user, password } of the house.  Everybody else is a subscriber behind UDP, whose password is the same.
function configuration({ domain, account, udp, tls, tlsFile, subscriber }) {
	return `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
enable_tls=yes
auto_aliases=no
alias="${domain}"
listen=udp:127.0.0.1:${udp}
listen=tls:127.0.0.1:${tls}
${MODULES.map((m) => `loadmodule "${m}.so"`).join('\n')}
modparam("tls", "config", "${tlsFile}")
modparam("usrloc", "db_mode", 0)
modparam("rr", "enable_full_lr", 1)
modparam("registrar", "min_expires", 60)

request_route {
	if (!mf_process_maxfwd_header("10") || !sanity_check("1511", "7")) exit;
	xlog("L_ALERT", "got $rm by $proto from $si ua $ua\\n");
	if (is_method("CANCEL")) {
		if (t_check_trans()) t_relay();
		exit;
	}
	if (has_totag()) {
		if (loose_route() || (is_method("ACK") && t_check_trans())) {
			t_relay();
			exit;
		}
		if (!is_method("ACK")) sl_send_reply("404", "Not Here");
		exit;
	}
	if (is_method("OPTIONS")) {
		sl_send_reply("200", "OK");
		exit;
	}
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("${domain}", "${account.password}", "0")) {
			www_challenge("${domain}", "1");
			exit;
		}
		xlog("L_ALERT", "registers $au by $proto for $hdr(Expires)\\n");
		save("location");
		exit;
	}
	if (!is_method("INVITE")) {
		sl_send_reply("405", "Method Not Allowed");
		exit;
	}
	if (!pv_proxy_authenticate("${domain}", "${account.password}", "0")) {
		proxy_challenge("${domain}", "1");
		exit;
	}
	consume_credentials();
	xlog("L_ALERT", "calls $rU as $au by $proto; identity $hdr(P-Asserted-Identity)\\n");
	record_route();
	if (proto == TLS) {
		$ru = "sip:phone@127.0.0.1:${subscriber}";
	} else {
		# a number of the house: the account has it, the number stays in To
		$rU = "${account.user}";
		$rd = "${domain}";
		if (!lookup("location")) {
			sl_send_reply("480", "Not Registered");
			exit;
		}
	}
	t_relay();
}
`;
}

export class Kamailio {
	static async start(t, { domain, account, subscriber }) {
		const carrier = new Kamailio();
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heimamt-kamailio-'));
		carrier.pem = certificate(folder, [domain]);
		carrier.udp = await freeUdpPort();
		carrier.tls = await freeTcpPort();
		const tlsFile = path.join(folder, 'tls.cfg');
		fs.writeFileSync(tlsFile, ['server', 'client'].map((side) => `[${side}:default]\nmethod = TLSv1.2+\nverify_certificate = no\n` +
			`require_certificate = no\nprivate_key = ${carrier.pem.key}\ncertificate = ${carrier.pem.certificate}\n`).join('\n'));
		const file = path.join(folder, 'kamailio.cfg');
		fs.writeFileSync(file, configuration({ domain, account, subscriber, udp: carrier.udp, tls: carrier.tls, tlsFile }));
		carrier.args = ['-f', file, '-DD', '-E', '-m', '32', '-M', '4', '-Y', folder, '-w', folder];
		t.after(async () => {
			await carrier.stop();
			fs.rmSync(folder, { recursive: true, force: true });
		});
		await carrier.begin();
		return carrier;
	}

	async begin() {
		this.program = new Program('kamailio', this.args, { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
		await this.program.line(/Aliases:/); // it prints where it is going to listen, then it starts
		await until('kamailio to listen', () => {
			if (this.program.exit)
				throw new Error(`kamailio ended:\n${this.program.tail()}`);
			return listens(this.tls);
		});
	}

	async stop() {
		if (this.program && !this.program.exit)
			await this.program.stop('SIGTERM');
	}

	// The match of a line that it has written, or will.
	says(pattern, options) {
		return this.program.line(pattern, options);
	}
}
