/**
 * Connections through the user's own `ssh`, to the `docker` command on the far side.
 *
 * @module
 */
import { ConnectionError, ConnectionLostError, messageOf } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { formatEndpoint, type SshEndpoint } from "./endpoint.ts";
import { streamConnection } from "./stream_connection.ts";

/** The most of ssh's words that an error repeats. */
const MAX_WORDS = 2000;

/** How long a child may take to end by itself once its streams are closed, in milliseconds. */
const GRACE = 2000;

/** The code that ssh ends with where it is its own connection that failed. */
const SSH_FAILED = 255;

/** The longest path of a socket, in bytes; ssh first makes it with 17 more behind its name. */
const MAX_SOCKET_PATH = 104 - 17 - 1;

/** The connections of this process that go to the same place. */
interface Shared {
  /** Where they meet. */
  path: string;
  /** What the child says that carries the others, while it does. */
  words?: Promise<string>;
}

/** By the place that they go to. */
const shared = new Map<string, Shared>();

/** The arguments of `ssh` that name the far side. */
export function sshDestination({ user, hostname, port }: SshEndpoint): string[] {
  return [
    ...user === undefined ? [] : ["-l", user],
    ...port === undefined ? [] : ["-p", String(port)],
    ...["--", hostname],
  ];
}

/** The arguments of `ssh` that open a connection to the engine. */
export function sshArguments(endpoint: SshEndpoint, options: readonly string[] = []): string[] {
  const { path } = endpoint;
  return [
    ...["-o", "ConnectTimeout=30", "-T", ...options],
    ...sshDestination(endpoint),
    "docker",
    // The socket's path is not for the far side's shell to take apart.
    ...path === undefined ? [] : ["--host", shellQuoted(`unix://${path}`)],
    ...["system", "dial-stdio"],
  ];
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Starts `ssh`. It has a session of its own, so that a ctrl-c at the terminal is for the container
 * and not for ssh; what ssh says is in the error if the connection ends before it has begun.
 *
 * The first connection to a host is the master of those that follow (`ControlMaster` in
 * ssh_config(5)), unless the user has arranged that already.
 *
 * @throws {ConnectionError} if there is no `ssh` command
 */
export async function dialSsh(endpoint: SshEndpoint): Promise<Connection> {
  const address = formatEndpoint(endpoint);
  const child = start(sshArguments(endpoint, await sharing(endpoint)), address);
  open++;
  const words = collectWords(child.stderr);
  const others = connectionsTo(endpoint);
  const mastersWords = others.words;
  if (mastersWords === undefined) {
    others.words = words;
    words.then(() => delete others.words);
  }
  let begun = false;
  const connection = streamConnection(child.stdout, child.stdin, () => {
    endSoon(child);
    if (!begun) unbegun.add(child);
    if (open > 0) return;
    // One that still tries to get there carries nothing that could be lost.
    for (const child of unbegun) endNow(child);
    unbegun.clear();
  });
  const failure = async () => {
    const said = await words;
    const { code } = await child.status;
    return new ConnectionError(
      `cannot reach the engine at ${address}: ${said || `ssh ended with code ${code}`}`,
    );
  };
  return {
    ...connection,
    async read(buffer) {
      const count = await connection.read(buffer);
      begun ||= count !== null;
      if (!begun) throw await failure();
      if (count !== null || await soon(child.status.then(({ code }) => code)) !== SSH_FAILED) {
        return count;
      }
      const said = await words || mastersWords && await soon(mastersWords) || "ssh did not say why";
      throw new ConnectionLostError(
        `the connection to ${address} was lost: ${said}; the process in the container may still ` +
          `be running`,
      );
    },
    async write(bytes) {
      try {
        return await connection.write(bytes);
      } catch (error) {
        throw begun ? error : await failure();
      }
    },
  };
}

/**
 * What a child whose output has ended comes to; undefined for one that lives on, as the master of
 * other connections does.
 */
async function soon<T>(outcome: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), GRACE);
  });
  const first = await Promise.race([outcome, late]);
  clearTimeout(timer);
  return first;
}

function start(args: string[], address: string): Deno.ChildProcess {
  try {
    return new Deno.Command("ssh", {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    throw new ConnectionError(`cannot start ssh to reach ${address}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The options that make connections share one; none where the user's configuration has its own, or
 * where ssh could not make the socket, which it would die of.
 */
async function sharing(endpoint: SshEndpoint): Promise<string[]> {
  const { path } = connectionsTo(endpoint);
  const destination = sshDestination(endpoint);
  const own = settingOf(await ask(["-G", ...destination]), "controlpath");
  if (own === undefined || own !== "none") return [];
  const option = ["-o", `ControlPath=${path}`];
  const resolved = settingOf(await ask(["-G", ...option, ...destination]), "controlpath");
  if (resolved === undefined || resolved.length > MAX_SOCKET_PATH) return [];
  // It can open the folder if it is there; to look by ourselves would take one permission more.
  const folder = resolved.slice(0, resolved.lastIndexOf("/"));
  if (await ask(["-F", folder, "-G", ...destination]) === undefined) return [];
  return ["-o", "ControlMaster=auto", "-o", "ControlPersist=no", ...option];
}

/** What ssh prints, undefined where it fails. */
async function ask(args: string[]): Promise<string | undefined> {
  try {
    const command = new Deno.Command("ssh", { args, stdin: "null", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** A setting in what `ssh -G` prints, which leaves some out that are not set. */
function settingOf(settings: string | undefined, name: string): string | undefined {
  if (settings === undefined) return undefined;
  const line = settings.split("\n").find((line) => line.startsWith(`${name} `));
  return line?.slice(name.length + 1) ?? "none";
}

function connectionsTo(endpoint: SshEndpoint): Shared {
  const place = sshDestination(endpoint).join(" ");
  const known = shared.get(place);
  if (known !== undefined) return known;
  // A short path: ssh appends to it, and a socket's has 108 bytes at most.
  const made = { path: `~/.ssh/dockerpty-${crypto.randomUUID().slice(0, 13)}` };
  shared.set(place, made);
  return made;
}

/** How many connections are open: as long as one is, a child that has ended may carry it. */
let open = 0;

/** Children whose connection was closed before anything came through it. */
const unbegun = new Set<Deno.ChildProcess>();

/**
 * Lets a child end by itself: it may be the master of connections that still have something to
 * say. One that does not is told to.
 */
function endSoon(child: Deno.ChildProcess): void {
  open--;
  child.unref();
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => open > 0 ? wait() : end(), GRACE);
    Deno.unrefTimer(timer);
  };
  const end = () => endNow(child);
  wait();
  child.status.finally(() => clearTimeout(timer));
}

function endNow(child: Deno.ChildProcess): void {
  try {
    child.kill();
  } catch {
    // It has ended already.
  }
}

async function collectWords(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let words = "";
  try {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      words = (words + text).slice(-MAX_WORDS);
    }
  } catch {
    // What was said before has to do.
  }
  return words.trim();
}
