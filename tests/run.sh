#!/bin/sh
# Runs all there is to run: the static checks and the tests, against a real engine.
#
#   sh tests/run.sh                # all of it
#   sh tests/run.sh tests/unit     # only these tests (the arguments are `deno test`'s), no static checks
#
# The last line is "N passed, N failed, N skipped"; the static checks count as one when they fail.
# With CI=true a skipped test is a failure as well.
set -eu
# What the tests need besides Deno and an engine, as package:command
tools="tmux:tmux procps:ps apache2-utils:htpasswd openssl:openssl openssh-client:ssh openssh-server:sshd chromium:chromium asciinema:asciinema"
# The half of them that runs beside all others
second="tests/parity tests/pty tests/faults tests/web tests/properties"

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../scripts/setup.sh
. "$root/scripts/setup.sh"
exec </dev/null # nobody is asked anything
cd "$root"

find_tools() {
  missing=
  for tool in $tools; do
    PATH=$PATH:/usr/sbin:/sbin have "${tool#*:}" || missing="$missing ${tool%:*}"
  done
  [ -n "$missing" ] || return 0
  if on_debian_as_root; then
    say "installing what the tests need:$missing"
    apt_update
    # shellcheck disable=SC2086 # a list
    apt_get install --no-remove $missing || fail_with_log "apt-get could not install$missing"
  else
    say "not found, so the tests that need them are skipped:$missing"
  fi
}

# Only unpacked: installing it would start a registry, now and at every boot.
find_registry() {
  have docker-registry && return
  if on_debian_as_root; then
    unpacked docker-registry
    PATH=$tree/usr/bin:$PATH
  else
    say "not found, so the tests that need it are skipped: docker-registry"
  fi
}

# The tests start engines of their own, and docker's command answers them where ssh leads.
find_docker() {
  if ! PATH=$PATH:/usr/sbin:/sbin have dockerd && on_debian_as_root; then
    unpacked docker.io
    DOCKERPTY_TEST_DOCKERD_PATH=$(programs_in "$tree")
    DOCKERPTY_TEST_DOCKERD_LIBRARIES=$(libraries_in "$tree")
    export DOCKERPTY_TEST_DOCKERD_PATH DOCKERPTY_TEST_DOCKERD_LIBRARIES
  fi
  if ! have docker && on_debian_as_root; then
    unpacked docker.io
    # a package of its own from Debian 13 on
    [ -x "$tree/usr/bin/docker" ] || unpacked docker-cli
    export DOCKERPTY_TEST_DOCKER="$tree/usr/bin/docker"
  fi
}

# Only unpacked, as it would have systemd listen at a socket of its own.
find_podman() {
  if ! have podman && on_debian_as_root; then
    unpacked podman
    DOCKERPTY_TEST_PODMAN_PATH=$(programs_in "$tree")
    # what both need may be with either
    DOCKERPTY_TEST_PODMAN_PATH=$DOCKERPTY_TEST_PODMAN_PATH:${DOCKERPTY_TEST_DOCKERD_PATH:-/usr/sbin}
    DOCKERPTY_TEST_PODMAN_LIBRARIES=$(libraries_in "$tree")
    export DOCKERPTY_TEST_PODMAN_PATH DOCKERPTY_TEST_PODMAN_LIBRARIES
  fi
}

set_up
find_tools
find_docker
find_podman
find_registry
export DOCKERPTY_TEST_ENGINE="$DOCKER_HOST"

passed=0 failed=0 skipped=0 checked=yes
if [ $# = 0 ]; then
  run "$deno" task static || failed=1 checked=no
fi

# test_in NAME ARGUMENTS: runs `deno task test`; what it prints is also kept in a file of that name. The
# output goes through a pipe for that; the status takes another way, as that of a pipe is its last
# command's. (Descriptor 9 tells the keeper that this script lives: only this one.)
test_in() {
  name=$1
  shift
  ( exec 2>&1 9>&-; running=$name run "$deno" task test "$@" && echo 0 >"$work/$name.status" ) |
    tee -i "$work/$name.output" 9>&- || true
  [ -z "$(tail -c 1 "$work/$name.output")" ] || echo # killed in the middle of a line
}

# plain NAME: what it printed, without colours
plain() {
  escape=$(printf '\033')
  sed "s/$escape\[[0-9;]*m//g" "$work/$1.output"
}

# count_in NAME: adds up what it came to
count_in() {
  plain "$1" >"$work/plain"
  summary=$(grep -E '^(ok|FAILED) \| [0-9]+ passed' "$work/plain" | tail -n 1 || true)
  of() { printf '%s\n' "$summary" | sed -n "s/.*| \([0-9][0-9]*\) $1.*/\1/p"; }
  ran=$(of passed)
  ran=${ran:-0}
  ignored=$(of ignored)
  ignored=${ignored:-0}
  broken=$(of failed)
  broken=${broken:-0}
  # a test may also skip by itself, saying so
  said=$(grep -c '^SKIPPED' "$work/plain" || true)
  [ "$said" -le "$ignored" ] || ignored=$said
  # No success without a summary, without a single test, or against Deno's own word
  if [ "$broken" = 0 ] && { [ ! -e "$work/$1.status" ] || [ $((ran + ignored)) = 0 ]; }; then
    say "the tests did not run to their end"
    broken=1
  fi
  passed=$((passed + ran))
  failed=$((failed + broken))
  skipped=$((skipped + ignored))
}

if [ $# != 0 ]; then
  test_in tests "$@"
  count_in tests
else
  # They run in two halves at once, as some wait for an engine or a terminal while others work. The
  # static checks have looked at their types.
  # shellcheck disable=SC2086 # a list
  test_in second --no-check $second >/dev/null &
  beside=$!
  trap 'kill "$(cat "$work/command.second")" 2>/dev/null' INT # which does not reach what runs beside
  test_in first --no-check --ignore="$(echo "$second" | tr ' ' ,)"
  wait "$beside" || true
  cat "$work/second.output"
  plain first | sed -n '/^ ERRORS $/,$p' # once more, for a reader of the last lines alone
  count_in first
  count_in second
fi

[ "$checked" = yes ] || say "the static checks failed, above all tests"
clean_up
trap - EXIT
status=0
[ "$failed" = 0 ] || status=1
if [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
  say "in CI nothing may be skipped"
  status=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
