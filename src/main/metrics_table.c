/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* metrics_table -- each family of metrics with its type and what it says; see metrics.h and docs/metrics.md. */
#include "main/metrics.h"

const struct metric_family metrics[METRICS] = {
	[METRIC_INFO] = { "heimamt_info", "gauge", "The running version; always 1." },
	[METRIC_QUEUE_OPEN] = { "heimamt_queue_open", "gauge",
		"Whether the queue takes calls by its opening hours: 1 or 0." },
	[METRIC_QUEUE_TARGET] = { "heimamt_queue_target_seconds", "gauge",
		"The waiting time within which the queue's calls are to be answered." },
	[METRIC_WAITING] = { "heimamt_calls_waiting", "gauge",
		"Calls that wait in the queue, callbacks included." },
	[METRIC_ARRIVED] = { "heimamt_calls_arrived_total", "counter",
		"Calls that came to the queue from outside." },
	[METRIC_ANSWERED] = { "heimamt_calls_answered_total", "counter",
		"Calls that were answered for the first time." },
	[METRIC_ANSWERED_IN_TARGET] = { "heimamt_calls_answered_in_target_total",
		"counter", "Of these, those within the queue's target." },
	[METRIC_ANSWER_WAIT] = { "heimamt_answer_wait_seconds", "histogram",
		"How long a caller waited for the first answer." },
	[METRIC_ABANDONED] = { "heimamt_calls_abandoned_total", "counter",
		"Calls that the caller ended before anybody had answered." },
	[METRIC_ABANDONED_IN_TARGET] = { "heimamt_calls_abandoned_in_target_total",
		"counter", "Of these, those within the queue's target." },
	[METRIC_DIVERTED] = { "heimamt_calls_diverted_total", "counter",
		"Calls that a rule of the queue sent elsewhere: queue, message or "
		"callback." },
	[METRIC_MENU_LEFT] = { "heimamt_calls_menu_left_total", "counter",
		"Calls that ended in a menu, before they were in a queue." },
	[METRIC_ENDED] = { "heimamt_calls_ended_total", "counter",
		"Calls that ended, by the reason that is in the records." },
	[METRIC_CALLS] = { "heimamt_calls", "gauge",
		"Calls that are on: being set up, waiting or talking." },
	[METRIC_AGENTS] = { "heimamt_agents", "gauge",
		"Agents of the whole house in a shift: free, call, other. Only with the "
		"staff body's approval, and from five on." },
	[METRIC_RELAY_UP] = { "heimamt_relay_up", "gauge",
		"Whether the relay answers: 1 or 0." },
	[METRIC_RELAY_LEGS] = { "heimamt_relay_legs", "gauge",
		"Legs that the relay carries for this centre." },
	[METRIC_RELAY_DRAINING] = { "heimamt_relay_draining", "gauge",
		"Whether the relay takes no new legs and is about to end: 1 or 0." },
	[METRIC_PACKETS] = { "heimamt_voice_packets_expected_total", "counter",
		"Voice packets of talks that are over, with those that were lost." },
	[METRIC_PACKETS_LOST] = { "heimamt_voice_packets_lost_total", "counter",
		"Voice packets of talks that are over that were lost." },
	[METRIC_SIP_INVITES] = { "heimamt_sip_invites_total", "counter",
		"INVITEs that came." },
	[METRIC_SIP_REFUSED] = { "heimamt_sip_refused_total", "counter",
		"INVITEs and other requests that were refused: strangers, busy, "
		"behind." },
	[METRIC_SIP_BAD] = { "heimamt_sip_bad_requests_total", "counter",
		"SIP requests that are none." },
	[METRIC_SIP_DIALOGS] = { "heimamt_sip_dialogs", "gauge",
		"SIP dialogs that are open." },
	[METRIC_CARRIER_UP] = { "heimamt_sip_carrier_up", "gauge",
		"Whether the carrier is there: registered, or it answers: 1 or 0." },
	[METRIC_REGISTRATIONS] = { "heimamt_sip_registrations", "gauge",
		"Registrations at carriers that stand." },
	[METRIC_REGISTRATIONS_OF] = { "heimamt_sip_registrations_configured", "gauge",
		"Carriers at which the house registers." },
	[METRIC_STORE_WRITABLE] = { "heimamt_store_writable", "gauge",
		"Whether the last commit of the records succeeded: 1 or 0." },
	[METRIC_STORE_BACKLOG] = { "heimamt_store_backlog", "gauge",
		"Records that wait to be on the disk." },
	[METRIC_STORE_DROPPED] = { "heimamt_store_dropped_total", "counter",
		"Records that broke a constraint; the log names them." },
	[METRIC_LOOP_LAG] = { "heimamt_loop_lag_seconds", "histogram",
		"By how much the control loop was late, looked at twice a second." },
	[METRIC_START_TIME] = { "process_start_time_seconds", "gauge",
		"When the process began, in seconds since 1970." },
	[METRIC_CPU] = { "process_cpu_seconds_total", "counter",
		"Processor time of the process, user and system." },
	[METRIC_MEMORY] = { "process_resident_memory_bytes", "gauge",
		"Memory that is resident." },
	[METRIC_OPEN_FDS] = { "process_open_fds", "gauge", "Open file descriptors." },
	[METRIC_MAX_FDS] = { "process_max_fds", "gauge",
		"File descriptors that may be open." },
};

void metrics_family(FILE *f, enum metric m)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", metrics[m].name, metrics[m].help,
		metrics[m].name, metrics[m].type);
}

void metrics_label(FILE *f, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			fputc('\\', f);
		if (*value == '\n')
			fputs("\\n", f);
		else
			fputc(*value, f);
	}
}
