#!/bin/sh
# Lays an empty /data out, then becomes the command itself, so that signals reach it.
set -eu
case "${1:-run}" in
run | worker | poll | doctor)
    [ -e "$DEAL_MONITOR_CONFIG" ] || deal-monitor init "$(dirname "$DEAL_MONITOR_CONFIG")" >&2
    ;;
esac
exec deal-monitor "$@"
