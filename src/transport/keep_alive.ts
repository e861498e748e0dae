/**
 * What docker's command line sets on its TCP connections as well: small packets go at once, and one
 * on which nothing has passed for a while is probed, so that no router on the way forgets it and the
 * end of a lost one is noticed within three minutes.
 *
 * Deno has no way to set the probes' times, nor anything on an encrypted connection: the system is
 * asked, where that is permitted. See tcp(7).
 *
 * @module
 */
import { openLibc } from "../libc.ts";

/** Levels, options and values for `setsockopt(2)` on Linux; times in seconds. */
const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const OPTIONS: readonly (readonly [level: number, option: number, value: number])[] = [
  [IPPROTO_TCP, 1, /* TCP_NODELAY */ 1],
  [IPPROTO_TCP, 4, /* TCP_KEEPIDLE */ 30],
  [IPPROTO_TCP, 5, /* TCP_KEEPINTVL */ 15],
  [IPPROTO_TCP, 6, /* TCP_KEEPCNT */ 9],
  [SOL_SOCKET, 9, /* SO_KEEPALIVE */ 1],
];

/** AF_INET and AF_INET6. */
const FAMILIES: readonly number[] = [2, 10];

/** Descriptors are handed out from the lowest: a connection's is not searched for above this one. */
const MOST_DESCRIPTORS = 4096;

/**
 * Sets the options, and does without them where they cannot be set: on other systems than Linux, or
 * without `--allow-ffi`.
 *
 * @returns whether they are set
 */
export function keepAlive({ localAddr, remoteAddr }: Deno.TcpConn | Deno.TlsConn): boolean {
  if (Deno.build.os !== "linux") return false;
  const libc = openLibc({
    getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  });
  if (libc === null) return false;
  const { getsockname, getpeername, setsockopt } = libc.symbols;
  // struct sockaddr: two bytes of the family, two of the port, and the address.
  const address = new DataView(new ArrayBuffer(128));
  const isAt = (port: number, name: typeof getsockname, descriptor: number) =>
    name(descriptor, address.buffer, new Uint32Array([address.byteLength]).buffer) === 0 &&
    FAMILIES.includes(address.getUint16(0, true)) && address.getUint16(2) === port;
  try {
    for (let descriptor = 3; descriptor < MOST_DESCRIPTORS; descriptor++) {
      if (!isAt(localAddr.port, getsockname, descriptor)) continue;
      if (!isAt(remoteAddr.port, getpeername, descriptor)) continue;
      return OPTIONS.every(([level, option, value]) =>
        setsockopt(descriptor, level, option, new Int32Array([value]).buffer, 4) === 0
      );
    }
    return false;
  } finally {
    libc.close();
  }
}
