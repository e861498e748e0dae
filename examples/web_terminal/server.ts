// The room over HTTP: everything is below the token, and only this server's own pages get in.
import { asset, headers } from "./assets.ts";
import { allowedOrigins, hostsOf } from "./origins.ts";
import type { Room } from "./room.ts";
import { newTokens, type Tokens, whichToken } from "./tokens.ts";
import { Viewer } from "./viewer.ts";

export interface ServerOptions {
  /** The port of 127.0.0.1 to listen at, or 0. */
  port: number;
  /** More origins that pages may come from. */
  origins: readonly string[];
}

export interface RoomServer extends AsyncDisposable {
  readonly tokens: Tokens;
  /** Lets viewers into a room from now on. */
  open(room: Room): void;
  /** The page's address with a token. */
  url(token: string): string;
}

/** How long a socket may take to open, in milliseconds. */
const OPENING = 10_000;

/**
 * Listens until it is disposed of. Nobody gets in before there is a room.
 *
 * @throws what Deno throws where it cannot listen at that port
 */
export function serveRoom({ port, origins }: ServerOptions): RoomServer {
  let room: Room | undefined;
  const tokens = newTokens();
  const stop = new AbortController();
  const { signal } = stop;
  const server = Deno.serve({ hostname: "127.0.0.1", port, signal, onListen() {} }, respond);
  const here = server.addr.port;
  const allowed = allowedOrigins(here, origins);
  const hosts = hostsOf(allowed);

  function respond(request: Request): Response {
    // A name that somebody made lead here is none of the server's.
    if (!hosts.has(request.headers.get("host") ?? "")) return refusal(403);
    const { pathname, searchParams } = new URL(request.url);
    const [, token, name] = /^\/([^/]*)\/?(.*)$/.exec(pathname)!;
    const right = whichToken(tokens, token);
    if (right === undefined) return refusal(403);
    if (request.method !== "GET") return refusal(405);
    if (pathname === `/${token}`) return redirection(`${token}/`);
    if (name !== "session") return asset(name) ?? refusal(404);
    if (!allowed.has(request.headers.get("origin") ?? "")) return refusal(403);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return refusal(426);
    const [seat, page] = [searchParams.get("seat") ?? "", searchParams.get("page") ?? ""];
    if (![seat, page].every((id) => /^[\w-]{8,64}$/.test(id))) return refusal(400);
    const mayType = right === "type";
    const leave = room?.reserve(mayType);
    if (room === undefined || leave === undefined) return refusal(503);
    // A tab may go from one address to the other: where it watches, it does not sit where it typed.
    const place = mayType ? seat : `watching ${seat}`;
    try {
      return upgrade(request, room, leave, [place, page, mayType]);
    } catch {
      leave(); // it asked for no WebSocket that there is
      return refusal(400);
    }
  }

  function upgrade(
    request: Request,
    room: Room,
    leave: () => void,
    who: [seat: string, page: string, mayType: boolean],
  ): Response {
    // Whoever is gone without a word is noticed after that many seconds.
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 20 });
    socket.binaryType = "arraybuffer";
    // Its place is kept until it has joined, or will not come.
    const late = setTimeout(() => (leave(), socket.close()), OPENING);
    const settled = () => (clearTimeout(late), leave());
    socket.addEventListener("open", () => {
      settled();
      room.join(new Viewer(socket, ...who));
    });
    socket.addEventListener("close", settled);
    socket.addEventListener("error", settled);
    return response;
  }

  return {
    tokens,
    open: (opened) => void (room = opened),
    url: (token) => `http://127.0.0.1:${here}/${token}/`,
    // Not gracefully: that would wait for connections that browsers keep open unused.
    [Symbol.asyncDispose]: () => (stop.abort(), server.finished),
  };
}

/** @param to where to, from the folder of where it was asked for */
function redirection(to: string): Response {
  return new Response(null, { status: 302, headers: { ...headers, Location: to } });
}

function refusal(status: number): Response {
  return new Response(`${status}\n`, { status, headers });
}
