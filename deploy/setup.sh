#!/bin/sh
# Registers the namespace and the search attributes, once the server answers. An open port is not yet a server that
# answers: membership and the namespace registry need some seconds more. So "does not answer" (exit code 5 of the
# starter) and faults (1) are tried again for two minutes; bad settings (2) and a refusal (3) are final at once.
# Repeating it is harmless.
set -eu

tries=24
pause=5 # seconds

while :; do
	code=0
	starter setup || code=$?
	case $code in
	0) exit 0 ;;
	1 | 5) ;;
	*) exit "$code" ;;
	esac
	tries=$((tries - 1))
	if [ "$tries" -le 0 ]; then
		echo "setup.sh: the Temporal server at ${TEMPORAL_ADDRESS:-its default address} was not ready in time" >&2
		exit "$code"
	fi
	sleep "$pause"
done
