/**
 * The least that a program for Deno does for it: "streams" or "loop", and the rest as docker's command
 * line is called, exec [-i] [-t] C CMD... It trusts the engine, and passes on what that sends with
 * its frames. Its streams are of its own making, as a library's are: between two of Deno's own, Deno
 * passes the bytes on without JavaScript.
 */
const [way, , ...rest] = Deno.args;
let flags = "";
while (rest[0].startsWith("-")) flags += rest.shift();
const [container, ...Cmd] = rest;
const [stdin, Tty] = [flags.includes("i"), flags.includes("t")];
const path = Deno.env.get("DOCKER_HOST")!.slice("unix://".length);
const buffer = new Uint8Array(65536);

/** Sends a request; returns the head of its answer, and what has come behind that. */
async function ask(connection: Deno.UnixConn, line: string, value?: unknown, headers = "") {
  const body = value === undefined ? "" : JSON.stringify(value);
  const fields = `Host: bench\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  const request = `${line} HTTP/1.1\r\n${fields}\r\n${headers}\r\n${body}`;
  await connection.write(new TextEncoder().encode(request));
  const count = await connection.read(buffer);
  const answer = new TextDecoder("latin1").decode(buffer.subarray(0, count ?? 0));
  return buffer.slice(answer.indexOf("\r\n\r\n") + 4, count ?? 0);
}

const api = await Deno.connect({ transport: "unix", path });
const settings = { Cmd, Tty, AttachStdin: stdin, AttachStdout: true, AttachStderr: true };
const created = await ask(api, `POST /containers/${container}/exec`, settings);
const { Id } = JSON.parse(new TextDecoder().decode(created));
const stream = await Deno.connect({ transport: "unix", path });
if (stdin && Tty) Deno.stdin.setRaw(true);
const upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
Deno.stdout.writeSync(
  await ask(stream, `POST /exec/${Id}/start`, { Detach: false, Tty }, upgrade),
);
if (stdin) {
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
  };
  const writable = new WritableStream({ write, close: () => stream.closeWrite() });
  Deno.stdin.readable.pipeTo(writable).catch(() => {});
}
if (way === "streams") {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const bytes = new Uint8Array(65536);
    const count = await stream.read(bytes);
    if (count === null) controller.close();
    else controller.enqueue(bytes.subarray(0, count));
  };
  await new ReadableStream({ pull }).pipeTo(Deno.stdout.writable);
} else {
  for (let n; (n = await stream.read(buffer)) !== null;) {
    Deno.stdout.writeSync(buffer.subarray(0, n));
  }
}
const { ExitCode } = JSON.parse(
  new TextDecoder().decode(await ask(api, `GET /exec/${Id}/json`)),
);
if (stdin && Tty) Deno.stdin.setRaw(false);
Deno.exit(ExitCode);
