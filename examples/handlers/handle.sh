#!/bin/sh
# --exec 'examples/handlers/handle.sh': a process a message. 0 is done, 75 asks for a later try, anything else has failed.
[ "${SPILLWAY_NULL-}" = 1 ] && { echo "no value" >&2; exit 1; }
value=$(cat)
[ "$value" = busy ] && { echo "the service is busy" >&2; exit 75; }
# Your work, with "$SPILLWAY_ID" under a unique key.
exit 0
