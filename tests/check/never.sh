#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# What the product never does has no code and no schema: RULES N1-N5, N8, V1, L1; DESIGN "What it never does".
#
# A table of patterns over comments and code alike, each only where it means what it says.  A word of the
# table that the product needs in another sense is excepted in its pattern: geolocation=() in a
# Permissions-Policy forbids the thing; of navigator.hid one line of
# desk/desk/hid.js takes hold, for a headset's buttons.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/check/lib/tap.sh

# NAME | WHERE | PATTERN (extended, any case) | a line that must be found
#   page    what browsers run: desk/ without its tests
#   schema  SQL and configuration
#   code    everything that is built: src/, desk/, dist/
#   voice   the process that has the voice: src/relay
#   records what is written down: src/store
table='
a camera is asked for | page | video[[:space:]]*:[[:space:]]*(true|\{)|facingMode|ImageCapture | getUserMedia({ audio: true, video: true })
the screen is captured | page | getDisplayMedia|captureStream|html2canvas|getScreenDetails|CaptureController | navigator.mediaDevices.getDisplayMedia()
a picture of the page is made | page | toDataURL|toBlob\(|drawWindow|foreignObject | canvas.toDataURL("image/png")
a page records | page | MediaRecorder|MediaStreamTrackProcessor|SpeechRecognition | new MediaRecorder(stream)
idle time is watched | page | IdleDetector|requestIdleDetection|[^a-z]idle_?(time|seconds|since)|last_?(activity|active|input|seen_?active) | new IdleDetector()
the mouse is watched | page | mousemove|pointermove|pointerrawupdate|mouseenter|mouseover|touchmove|onscroll|"scroll" | addEventListener("mousemove", f)
what is typed is sent | page | (key|input|cursor)_?(log|stroke|trace|count)|"keypress"|isTyping|typing_?(speed|time) | keyLog.push(e.key)
that somebody looks away is sent | page | visibilityState.*(send|fetch|post)\(|(send|fetch|post)\([^)]*(visib|hasFocus|hidden) | socket.send({ t: "away", hidden: document.hidden })
a page spies behind another | page | serviceWorker|SharedWorker|BroadcastChannel|ReportingObserver|PerformanceObserver | navigator.serviceWorker.register("/sw.js")
a sensor of the device is read | page | getBattery|(Accelero|Gyro|Magneto)meter|AmbientLightSensor|devicemotion|deviceorientation|DeviceMotionEvent|requestMIDIAccess|navigator\.(bluetooth|usb|serial|hid) | await navigator.getBattery()
a device is recognised | page | (browser|device|canvas|audio)_?fingerprint|fingerprintjs|getHighEntropyValues|hardwareConcurrency|deviceMemory|navigator\.plugins|WEBGL_debug_renderer | navigator.userAgentData.getHighEntropyValues([])
a page sends past its own socket | page | sendBeacon|XMLHttpRequest|EventSource|WebTransport|createDataChannel|keepalive[[:space:]]*: | new XMLHttpRequest()
the place is asked for | code | geolocation([^=]|=[^(]|$)|geoip|watchPosition|(lat|long)itude | navigator.geolocation.getCurrentPosition
a server of somebody else | code | (stun|turns?):[a-z0-9] | urls: "stun:stun.example.net"
a voice is recognised | code | voice_?print|speaker_?id|biometric|diari[sz]ation | voiceprint BLOB
a feeling is inferred | code | emotion|sentiment_?score|mood_?score | emotion_score REAL
a call is listened to in silence | code | silent_?(monitor|listen)|whisper_?(mode|coach)|eavesdrop|barge_?in | silent_monitor INTEGER
a call is recorded | schema | record_?(call|audio|voice|path|file)|recording|voice_?file|audio_?(blob|path) | call_recording_path TEXT
voice is written to a file | voice | fwrite\(|fopen\(|sf_open|open\([^)]*O_(WRONLY|RDWR|CREAT) | fd = open(path, O_WRONLY | O_CREAT, 0600);
figures of one agent | schema | agent_?(score|rank|rating)|leader_?board|idle_?(ms|s|time|seconds)|key_?strokes|mouse_|productiv|percentile | agent_rank INTEGER
a screenshot | code | screen_?shot|screen_?grab | take_screenshot()
telemetry | code | telemetry|analytics|sendBeacon|sentry|phone_?home|usage_?stat|crash_?report | navigator.sendBeacon("/x")
an agent is located by its network | records | (remote|client|peer|source)_?(addr|ip|address)|user_?agent | client_ip TEXT NOT NULL
'

where() {
	case $1 in
	page) files 'desk/*.js' 'desk/*.mjs' 'desk/*.html' ;;
	schema) files 'src/*.sql' '*.conf' ;;
	code) files 'src/*' 'desk/*' 'dist/*' 'clips/*' ;;
	voice) files 'src/relay/*' ;;
	records) files 'src/store/*' ;;
	esac | grep -vE '(^|/)(package(-lock)?\.json|tests?/|.*\.test\.m?js)'
}

# Each address that is not this machine or the document's own namespace.
outside() {
	[ $# -eq 0 ] || grep -noiE "(https?|wss?)://[a-z0-9.-]+" "$@" /dev/null |
		grep -viE '://(www\.w3\.org|localhost|127\.0\.0\.1|\[::1\])([^a-z0-9.]|$)' |
		sed 's/$/: an address of somebody else/'
}

allowed='^desk/desk/hid\.js:[0-9]+:[[:space:]]*const hid = navigator\.hid;$'

matches() { # PATTERN FILE...
	pattern=$1
	shift
	[ $# -eq 0 ] || grep -niE -- "$pattern" "$@" /dev/null | grep -vE "$allowed"
}

# The columns stand apart by " | ", so that a pattern may have a bar of its own.
printf '%s\n' "$table" | grep . >"$scratch/table"
while IFS= read -r row; do
	name=${row%% | *} rest=${row#* | }
	place=${rest%% | *} rest=${rest#* | }
	pattern=${rest%% | *} example=${rest#* | }
	printf '%s\n' "$example" >"$scratch/example"
	finds "found when planted: $name" "$example" "$(matches "$pattern" "$scratch/example")"
	# shellcheck disable=SC2046 # no name of ours has a space in it
	$self_test_only || point "never: $name" "$(matches "$pattern" $(where "$place"))"
done <"$scratch/table"
printf 'const hid = navigator.hid;\n' >"$scratch/page"
found=$(matches 'navigator\.hid' "$scratch/page")
finds 'found when planted: navigator.hid in another file' navigator.hid "$found"
printf 'import x from "https://cdn.example.com/x.js"\nxmlns="http://www.w3.org/2000/svg"\n' >"$scratch/page"
found=$(outside "$scratch/page")
finds 'found when planted: an address of somebody else' cdn.example.com "$found"
point 'a namespace is no address' "$(printf '%s\n' "$found" | grep w3.org)"
if ! $self_test_only; then
	# shellcheck disable=SC2046 # no name of ours has a space in it
	point 'never: a page names a server of somebody else' "$(outside $(where page) $(files 'desk/*.css'))"
fi
plan
