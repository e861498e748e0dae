#!/bin/sh
# A shell in a busybox container, on any machine that has Deno and Docker, or can get them:
#
#   sh examples/quickstart.sh
#   sh examples/quickstart.sh run --rm busybox echo hi    # or any other dockerpty command
#
# Fetches Deno where there is none; on Debian as root also an engine, which ends with the command.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../scripts/setup.sh
. "$root/scripts/setup.sh"

# a closed stdin would give its number to the next file opened
{ true <&0; } 2>/dev/null || exec </dev/null

set_up
if [ $# = 0 ]; then
  if [ -t 0 ]; then
    set -- run --rm -it busybox sh
  else
    say "no terminal on stdin: the container's shell reads commands from it"
    set -- run --rm -i busybox sh
  fi
fi
set -- "$deno" run -A "$root/src/cli/main.ts" "$@"
if [ -z "$private" ]; then
  # nothing to stop afterwards
  clean_up
  trap - EXIT INT
  exec "$@"
fi
run "$@"
