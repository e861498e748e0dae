# shellcheck shell=sh
# What examples/quickstart.sh and tests/run.sh need before they can do their work: Deno, a container
# engine, and a busybox image in it. Meant to be sourced, with `root` set to the checkout's folder:
#
#   set_up         finds or fetches all three; sets `deno` and `private`, exports DOCKER_HOST
#   run COMMAND    runs a command, ended if this script is killed; where several run at once, `running` is
#                  another word for each
#   clean_up       stops what set_up started, and waits for its end; done at exit in any case
#
# What is fetched goes to .deno/ in the checkout, what is temporary to one private folder. Nothing is
# installed on the machine.
: "${root:?is not set}"

say() { printf 'dockerpty: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# fail_with_log TEXT: for a step whose own output is in the log
fail_with_log() { say "$1; it said:"; tail -n 15 "$work/log" >&2; exit 1; }

set_up() {
  open_work
  find_deno
  find_engine
  find_image
  # from here on, what a Ctrl-C does is up to the command that runs in the foreground
  trap : INT
}

# --- the private folder -----------------------------------------------------------------------------

# A keeper removes the folder, and stops the engine in it, when this script ends. It learns that from a
# fifo that only this script (and what it runs during set-up) holds open: so a SIGKILL, which no trap
# sees, leaves nothing behind either.
open_work() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/dockerpty.XXXXXX")
  mkfifo "$work/alive"
  ( set +e
    trap '' HUP INT QUIT TERM
    read -r _ <"$work/alive"
    for command in "$work"/command.*; do
      [ ! -e "$command" ] || kill "$(cat "$command")" 2>/dev/null
    done
    stop_dockerd
    rm -rf "$work" "$root"/.deno/*.part.$$
  ) >/dev/null &
  keeper=$!
  exec 9>"$work/alive"
  trap clean_up EXIT
  trap 'exit 130' INT
}

clean_up() {
  exec 9>&-
  wait "$keeper" || true
}

run() {
  status=0
  # shellcheck disable=SC2016 # expanded by the inner shell
  sh -c 'echo $$ >"$0" && exec "$@"' "$work/command.${running:-one}" "$@" 9>&- || status=$?
  rm -f "$work/command.${running:-one}"
  return "$status"
}

# --- Deno -------------------------------------------------------------------------------------------

# usable_deno COMMAND: prints where the binary really is (npm's `deno` is a script around it, which
# passes no signals on), and fails where there is none or it is too old
usable_deno() {
  "$1" eval --no-config --no-lock '
    const [major, minor] = Deno.version.deno.split(".").map(Number);
    if (major < 2 || (major === 2 && minor < 5)) Deno.exit(1);
    console.log(Deno.execPath());
  ' 2>/dev/null
}

find_deno() {
  if have deno; then
    deno=$(usable_deno deno) && return
    say "the deno on your PATH is older than 2.5, or does not run: using one in .deno/ instead"
  fi
  find_own_deno && return
  if have npm; then
    say "installing Deno from npm into .deno/"
    part=$root/.deno/npm.part.$$
    mkdir -p "$part"
    # The package's install script only moves the binary, which is as good where it is.
    npm install --prefix "$part" --ignore-scripts --include=optional --no-audit --no-fund deno@2 \
      >"$work/log" 2>&1 </dev/null || fail_with_log "npm could not install Deno"
  elif have curl; then
    say "installing Deno with its own installer into .deno/"
    part=$root/.deno/installer.part.$$
    mkdir -p "$part"
    curl -fsSL https://deno.land/install.sh >"$work/install.sh" 2>"$work/log" ||
      fail_with_log "Deno's installer could not be downloaded"
    # CI, and no terminal to ask on: it then leaves the shell's start-up files alone
    CI=true DENO_INSTALL=$part sh "$work/install.sh" >"$work/log" 2>&1 </dev/null ||
      fail_with_log "Deno's installer failed"
  else
    fail "Deno 2.5 or newer is needed, and there is neither npm nor curl to install it with: see https://deno.com"
  fi
  rm -rf "${part%.part.*}"
  mv "$part" "${part%.part.*}"
  find_own_deno || fail "Deno was installed into .deno/, but does not run on this machine: see https://deno.com"
}

find_own_deno() {
  for deno in "$root"/.deno/npm/node_modules/@deno/*/deno "$root"/.deno/installer/bin/deno; do
    if [ -x "$deno" ] && usable_deno "$deno" >/dev/null; then
      PATH=${deno%/*}:$PATH
      return
    fi
  done
  return 1
}

# --- Debian's packages ------------------------------------------------------------------------------

on_debian_as_root() { [ "$(id -u)" = 0 ] && have apt-get && have dpkg; }

apt_get() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" >>"$work/log" 2>&1 </dev/null
}

# A list that cannot be fetched is only a problem if the package is not in the others.
apt_update() {
  [ -z "${apt_updated:-}" ] || return 0
  : >"$work/log"
  apt_get update || true
  apt_updated=yes
}

# unpacked PACKAGE: sets `tree` to a folder with that package, and those it needs that the machine lacks.
# Unpacked only: installing docker.io would also start the machine's own daemon, now and at every boot,
# and busybox-static would replace busybox.
unpacked() {
  tree=$root/.deno/$1
  [ ! -d "$tree" ] || return 0
  say "fetching Debian's $1 into .deno/"
  part=$tree.part.$$
  mkdir -p "$part/debs"
  apt_update
  apt_get install --download-only -o "Dir::Cache::archives=$part/debs" "$1" ||
    fail_with_log "apt-get could not fetch $1"
  for deb in "$part"/debs/*.deb; do
    dpkg -x "$deb" "$part/tree" || fail "$deb could not be unpacked"
  done
  rm -rf "$part/tree/usr/share" "$tree"
  mv "$part/tree" "$tree"
  rm -rf "$part"
}

# libraries_in TREE: the folders of an unpacked package's libraries, as LD_LIBRARY_PATH takes them
libraries_in() {
  libraries=
  for folder in "$1"/lib/*-linux-* "$1"/usr/lib/*-linux-*; do
    [ ! -d "$folder" ] || libraries=$libraries${libraries:+:}$folder
  done
  echo "$libraries"
}

# programs_in TREE: the folders of its programs, as PATH takes them
programs_in() { echo "$1/usr/sbin:$1/usr/bin:$1/sbin:$1/bin"; }

# --- the engine -------------------------------------------------------------------------------------

# api METHOD PATH [SECONDS [FILE]]: asks the engine at DOCKER_HOST, sending FILE; prints what it answers.
# By Deno, which is there by now, where curl might not be.
api() {
  # shellcheck disable=SC2016 # JavaScript
  "$deno" eval --no-config --no-lock '
    import http from "node:http";
    import https from "node:https";
    const [method, path, seconds = "3", file] = Deno.args;
    const give_up = (why) => {
      console.error(String(why).trim());
      Deno.exit(1);
    };
    const host = Deno.env.get("DOCKER_HOST");
    const options = { method, path, headers: { Host: "docker", "Content-Type": "application/x-tar" } };
    if (host.startsWith("unix://")) options.socketPath = host.slice("unix://".length);
    else {
      const url = new URL(host.replace(/^\w+:/, "http:"));
      options.hostname = url.hostname.replace(/[\[\]]/g, "");
      options.port = url.port || 2375;
    }
    const tls = !options.socketPath && Deno.env.get("DOCKER_TLS_VERIFY");
    if (tls) {
      const folder = Deno.env.get("DOCKER_CERT_PATH") ?? Deno.env.get("HOME") + "/.docker";
      for (const name of ["ca", "cert", "key"]) options[name] = Deno.readFileSync(`${folder}/${name}.pem`);
    }
    setTimeout(() => give_up(`no answer in ${seconds} seconds`), 1000 * seconds);
    const request = (tls ? https : http).request(options, async (response) => {
      let body = "";
      response.setEncoding("utf8");
      for await (const text of response) body += text;
      const values = body.split("\n").flatMap((line) => {
        try {
          return [JSON.parse(line)];
        } catch {
          return [];
        }
      });
      if (response.statusCode >= 400) give_up(values[0]?.message ?? body);
      // a pull that fails halfway says so in an answer of status 200
      const failed = values.find((value) => value.error);
      if (failed) give_up(failed.error);
      console.log(body);
      Deno.exit(0);
    });
    request.on("error", (error) => give_up(error.message));
    request.end(file && Deno.readFileSync(file));
  ' "$@"
}

# answers HOST: whether an engine does there; sets `why` if not
answers() { why=$(DOCKER_HOST=$1 api GET /_ping 2>&1 >/dev/null); }

find_engine() {
  private=
  if [ -n "${DOCKER_HOST:-}" ]; then
    case $DOCKER_HOST in
      unix://* | tcp://* | http://* | https://*)
        answers "$DOCKER_HOST" || fail "no engine answers at DOCKER_HOST=$DOCKER_HOST: $why" ;;
    esac
    say "using the engine at DOCKER_HOST=$DOCKER_HOST"
    return
  fi
  tried=
  # docker knows which of its contexts is the current one; the sockets are those dockerpty looks for
  for host in "$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true)" \
    unix:///var/run/docker.sock \
    "${XDG_RUNTIME_DIR:+unix://$XDG_RUNTIME_DIR/docker.sock}" \
    "${XDG_RUNTIME_DIR:+unix://$XDG_RUNTIME_DIR/podman/podman.sock}" \
    "${HOME:+unix://$HOME/.docker/run/docker.sock}" \
    "${HOME:+unix://$HOME/.docker/desktop/docker.sock}" \
    "${HOME:+unix://$HOME/.colima/default/docker.sock}" \
    "${HOME:+unix://$HOME/.orbstack/run/docker.sock}" \
    unix:///run/podman/podman.sock; do
    case $host in
      unix://*) [ -S "${host#unix://}" ] || continue ;;
      tcp://*) ;;
      *) continue ;;
    esac
    if answers "$host"; then
      say "using the engine at $host"
      export DOCKER_HOST="$host"
      return
    fi
    tried="$tried; $host: $why"
  done
  if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
    fail "no container engine answers$tried: start Docker or Podman, or set DOCKER_HOST to where one listens"
  fi
  start_dockerd
}

# The folders that a dockerd makes outside its own, whatever its options
dockerd_strays="/etc/docker /opt/containerd /run/containerd /run/docker"

start_dockerd() {
  tree=
  libraries=
  if ! PATH=$PATH:/usr/sbin:/sbin have dockerd; then
    on_debian_as_root ||
      fail "no container engine answers$tried, and there is none to start: install Docker, or set DOCKER_HOST"
    unpacked docker.io
    libraries=$(libraries_in "$tree")
  fi
  say "no engine answers: starting a private dockerd in $work"
  for folder in $dockerd_strays; do
    [ -e "$folder" ] || echo "$folder" >>"$work/strays"
  done
  echo '{}' >"$work/daemon.json" # not the machine's settings
  # In a session of its own, out of reach of the terminal's Ctrl-C, and with mounts of its own, which
  # end with it. No bridge and no firewall rules: they would be the machine's.
  (
    PATH=${tree:+$(programs_in "$tree"):}$PATH:/usr/sbin:/sbin
    [ -z "$libraries" ] || export LD_LIBRARY_PATH="$libraries"
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec setsid --fork unshare --mount --propagation slave \
      sh -c 'echo $$ >"$0" && exec "$@"' "$work/pid" \
      dockerd --config-file "$work/daemon.json" --data-root "$work/data" --exec-root "$work/exec" \
      --pidfile "$work/dockerd.pid" --host "unix://$work/docker.sock" --bridge=none --iptables=false \
      --ip6tables=false --ip-forward=false --log-opt max-size=1m --max-download-attempts 2
  ) >"$work/log" 2>&1 </dev/null 9>&- || true
  patience=200
  until answers "unix://$work/docker.sock"; do
    patience=$((patience - 1))
    if [ "$patience" = 0 ] || { [ -s "$work/pid" ] && ! runs "$(cat "$work/pid")"; }; then
      fail_with_log "no engine answers$tried, and a private dockerd did not start"
    fi
    sleep 0.2
  done
  private=yes
  export DOCKER_HOST="unix://$work/docker.sock"
}

# runs PID: not so for a zombie, which may stay where process 1 does not reap
runs() { [ -e "/proc/$1/exe" ]; }

stop_dockerd() {
  [ -s "$work/pid" ] || return 0
  say "stopping the private dockerd"
  pid=$(cat "$work/pid")
  kill "$pid" 2>/dev/null
  # It would give each container ten seconds to end by itself, which a shell lets pass.
  # shellcheck disable=SC2046 # a list
  kill -KILL $(grep -ho '"init_process_pid":[0-9]*' "$work"/exec/*/moby/*/state.json 2>/dev/null |
    cut -d : -f 2) 2>/dev/null
  patience=150
  while runs "$pid"; do
    patience=$((patience - 1))
    if [ "$patience" = 0 ]; then
      kill -KILL "$pid" "$(cat "$work/exec/containerd/containerd.pid" 2>/dev/null)" 2>/dev/null
      break
    fi
    sleep 0.2
  done
  [ -s "$work/strays" ] || return 0
  while read -r folder; do
    [ "$folder" != /etc/docker ] || rm -f /etc/docker/key.json
    find "$folder" -depth -type d -empty -delete 2>/dev/null
  done <"$work/strays"
}

# --- the image --------------------------------------------------------------------------------------

find_image() {
  case $DOCKER_HOST in ssh://*) return ;; esac
  ! api GET /images/busybox:latest/json >/dev/null 2>&1 || return 0
  why="a private engine pulls nothing"
  if [ -z "$private" ]; then
    say "pulling busybox:latest"
    # its whole name, which Podman would ask for
    pull="/images/create?fromImage=docker.io%2Flibrary%2Fbusybox&tag=latest"
    why=$(api POST "$pull" 120 2>&1 >/dev/null) && return
    say "it could not be pulled: $why"
  fi
  make_image
}

# An image of busybox and little else, like the one it stands for
make_image() {
  busybox=$(command -v busybox || true)
  if [ -z "$busybox" ]; then
    on_debian_as_root || fail "busybox:latest is missing and could not be pulled: pull it, and try again"
    unpacked busybox-static
    for busybox in "$tree/bin/busybox" "$tree/usr/bin/busybox"; do
      [ ! -x "$busybox" ] || break
    done
  fi
  say "making busybox:latest of $busybox"
  ( # in a subshell for the umask: others than root must be able to read the image's files
    umask 022
    image=$work/image
    mkdir -p "$image/bin" "$image/usr/bin" "$image/etc" "$image/root" "$image/home" "$image/tmp" \
      "$image/var" "$image/proc" "$image/sys" "$image/dev"
    chmod 1777 "$image/tmp"
    cp "$busybox" "$image/bin/busybox"
    for name in $("$busybox" --list); do
      [ -e "$image/bin/$name" ] || ln -s busybox "$image/bin/$name"
    done
    ln -s ../../bin/env "$image/usr/bin/env"
    # the libraries of a busybox that is not static
    for library in $(ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*'); do
      mkdir -p "$image${library%/*}"
      cp "$library" "$image$library"
    done
    printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/home:/bin/false' \
      >"$image/etc/passwd"
    printf '%s\n' 'root:x:0:' 'nobody:x:65534:' >"$image/etc/group"
    tar -C "$image" --owner=0 --group=0 --numeric-owner -cf "$work/image.tar" .
  )
  why=$(api POST '/images/create?fromSrc=-&repo=busybox&tag=latest&changes=CMD%20%5B%22sh%22%5D' \
    60 "$work/image.tar" 2>&1 >/dev/null) || fail "the engine did not take the image: $why"
  rm -rf "$work/image" "$work/image.tar"
}
