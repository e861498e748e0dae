// A container's terminal in the browser: prints two addresses, one to type at, one to watch.
//
//   S=/var/run/docker.sock
//   deno run --allow-read=$S --allow-write=$S --allow-net=unix:$S,127.0.0.1 \
//     examples/web_terminal.ts [OPTION...] CONTAINER|--run IMAGE [COMMAND [ARG...]]
//
// For another engine set DOCKER_HOST, S to its socket, and add --allow-env=DOCKER_HOST.
//
// Options:
//   --run            in a new container without a network, which goes when the command ends
//   --port PORT      the port of 127.0.0.1 to listen at, or 0 for any that is free (0)
//   --origin ORIGIN  one more address that pages may come from, as of a proxy or an ssh tunnel
//   --grace SECONDS  how long the session outlives its last viewer, and the keyboard is kept for
//                    one whose connection was lost (60)
//
// Who has an address, also that to watch at, is trusted not to fill this program's memory: Deno puts a
// message's fragments together before anybody can refuse them.
import { Client, DockerptyError, type Session } from "@dockerpty/dockerpty";
import { parseOptions } from "./web_terminal/options.ts";
import { Room } from "./web_terminal/room.ts";
import { type RoomServer, serveRoom } from "./web_terminal/server.ts";

const options = parseOptions(Deno.args);
if (options === undefined) {
  console.error("usage: web_terminal.ts [OPTION...] CONTAINER|--run IMAGE [COMMAND [ARG...]]");
  Deno.exit(1);
}
const { run, port, origins, grace, target, command } = options;

const size = { rows: 24, columns: 80 };
const stop = new AbortController();
const { signal } = stop;
const env = { TERM: "xterm-256color" };
// A signal at the very end of the opening finds a process, which is to end as well.
const terminal = { tty: true, stdin: "piped", size, env, signal, dispose: "kill" } as const;

/** Ends the program before there is a room, with the code of one that a signal has ended. */
class Signalled extends Error {
  constructor(name: Deno.Signal, readonly code: number) {
    super(`ended by ${name}`);
  }
}

let room: Room | undefined;

function listenForSignals(): void {
  for (const [name, number] of [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]] as const) {
    Deno.addSignalListener(name, () => {
      if (room !== undefined) room.hangUp();
      else stop.abort(new Signalled(name, 128 + number));
    });
  }
}

function open(): Promise<Session> {
  const client = new Client();
  if (!run) return client.exec(target, command.length > 0 ? command : ["sh"], terminal);
  const alone = { network: "none", logDriver: "none", remove: true } as const;
  return client.run(target, command, { ...terminal, ...alone });
}

/** Listens first, so that no container is made where that cannot be. */
function listen(): RoomServer {
  try {
    return serveRoom({ port, origins });
  } catch (error) {
    console.error(`cannot listen at 127.0.0.1:${port}: ${(error as Error).message}`);
    Deno.exit(125);
  }
}

/** Resolves to the process's exit code. */
async function serve(): Promise<number> {
  await using server = listen();
  room = new Room(await open(), size, { title: target, grace });
  server.open(room);
  console.log(`type at:  ${server.url(server.tokens.type)}`);
  console.log(`watch at: ${server.url(server.tokens.watch)}`);
  const status = await room.ended;
  console.log("ended:", status);
  return status.reason === "exited" ? status.code : 0;
}

listenForSignals();
try {
  Deno.exit(await serve());
} catch (error) {
  if (!(error instanceof DockerptyError || error instanceof Signalled)) throw error;
  console.error(error.message);
  Deno.exit(error instanceof Signalled ? error.code : 125);
}
