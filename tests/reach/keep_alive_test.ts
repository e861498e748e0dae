/** What is set on TCP connections, as docker's command line sets it. */
import { assert, assertEquals } from "@std/assert";
import type { TlsFiles } from "../../src/transport/endpoint.ts";
import { dial } from "../../src/transport/dial.ts";
import { Authority } from "../harness/certificates.ts";
import { findCommand, privateFolder } from "../harness/kept_process.ts";
import { until } from "../harness/until.ts";
import { testWith } from "./verbs.ts";

const lacks = Deno.build.os !== "linux" ? "Linux alone shows what is set" : undefined;
const noOpenssl = findCommand("openssl") === undefined ? "there is no openssl" : undefined;

/** The kind of a timer for probes, in `/proc/net/tcp`. */
const PROBE = "02";

/** From `proc(5)`: the timer that runs on the connection to a port, and its seconds. */
function timer(port: number): { kind: string; seconds: number } {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const [row] = Deno.readTextFileSync("/proc/net/tcp").split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(ending) && state === "01");
  const [kind, ticks] = row[5].split(":");
  return { kind, seconds: parseInt(ticks, 16) / 100 };
}

/** Whether small packets go at once on the connection of this process to a port. */
function isWithoutDelay(port: number): boolean {
  const libc = Deno.dlopen("libc.so.6", {
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  });
  try {
    const { getpeername, getsockopt } = libc.symbols;
    for (let descriptor = 3; descriptor < 1024; descriptor++) {
      const address = new DataView(new ArrayBuffer(128));
      if (getpeername(descriptor, address.buffer, new Uint32Array([128]).buffer) !== 0) continue;
      if (address.getUint16(2) !== port) continue;
      const value = new Int32Array(1);
      assertEquals(getsockopt(descriptor, 6, 1, value.buffer, new Uint32Array([4]).buffer), 0);
      return value[0] !== 0;
    }
    throw new Error(`there is no connection to port ${port}`);
  } finally {
    libc.close();
  }
}

/** Dials a listener, and looks at the connection. */
async function check(listener: Deno.Listener, tls?: TlsFiles) {
  const { port } = listener.addr as Deno.NetAddr;
  const accepting = listener.accept();
  // Which an encrypted one needs, to agree on its keys.
  const reading = accepting.then((accepted) => accepted.read(new Uint8Array(1))).catch(() => null);
  const to = { transport: "tcp" as const, hostname: "127.0.0.1", port };
  const connection = await dial({ ...to, ...tls && { tls } });
  try {
    assert(isWithoutDelay(port));
    // Before that, the one for what was not acknowledged yet.
    await until(() => timer(port).kind === PROBE, { what: "the next probe's timer" });
    const { seconds } = timer(port);
    assert(seconds > 20 && seconds <= 30, `${seconds} seconds`);
  } finally {
    connection.close();
    await reading;
    (await accepting).close();
    listener.close();
  }
}

testWith(lacks, "keep alive: a TCP connection is probed, and its packets go at once", async () => {
  await check(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
});

testWith(lacks ?? noOpenssl, "keep alive: an encrypted one likewise", async (t) => {
  const folder = privateFolder();
  try {
    const authority = await Authority.make(folder, "ca");
    const { cert, key } = await authority.issue("server", { host: "IP:127.0.0.1" });
    const listen = () =>
      Deno.listenTls({
        hostname: "127.0.0.1",
        port: 0,
        cert: Deno.readTextFileSync(cert),
        key: Deno.readTextFileSync(key),
      });
    await t.step("whose certificate is verified", () => check(listen(), { ca: authority.ca }));
    await t.step("to whoever answers", () => check(listen(), { skipVerify: true }));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
