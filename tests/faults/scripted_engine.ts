/** An engine on a real unix socket that answers by a script: well, or with any fault there is. */
import { deadline } from "../harness/until.ts";

/** What is done on a connection, one after another, when a request has come. */
export type Step =
  /** Sends this. */
  | string
  | Uint8Array
  /** Sends this a byte at a time, each by itself. */
  | { dribble: string | Uint8Array }
  /** Sends this again and again, as long as somebody reads. */
  | { endless: string | Uint8Array; pause?: number }
  /** Waits until this has happened: see {@linkcode ScriptedEngine.events}. */
  | { after: RegExp }
  /** Ends the connection. */
  | "close"
  /** Ends it with what the client has sent unread, which the client sees as a reset. */
  | "reset"
  /** Ends all connections, and takes no more. */
  | "refuse"
  /** Says no more. */
  | "silence";

/** What requests that match are answered with. */
export interface Rule {
  /** Matches the method and the path without the version: `POST /containers/create`. */
  on: RegExp;
  steps: Step[];
  /** For how many of them it holds. @default {Infinity} */
  times?: number;
}

/** An engine that does what rules say; the first one that matches holds. */
export class ScriptedEngine implements AsyncDisposable {
  /** Where it is, as `--host` takes it. */
  readonly host: string;
  /**
   * What has happened: requests such as `POST /containers/create`, a `stream closed` by
   * the engine, and a `connection left` by the client.
   */
  readonly events: string[] = [];
  #rules: Rule[];
  #folder: string;
  #listener: Deno.UnixListener;
  #open = new Set<Deno.UnixConn>();
  #served: Promise<void>[] = [];
  #changed = Promise.withResolvers<void>();
  #ended = false;
  #leaving = false;

  constructor(rules: Rule[]) {
    this.#rules = rules.map((rule) => ({ ...rule }));
    this.#folder = Deno.makeTempDirSync({ prefix: "dockerpty-test-" });
    const path = `${this.#folder}/engine.sock`;
    this.host = `unix://${path}`;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#served.push(this.#accept());
  }

  /** How often something has happened. */
  count(event: RegExp): number {
    return this.events.filter((known) => event.test(known)).length;
  }

  /** Waits until something has happened. */
  async happened(event: RegExp, times = 1): Promise<void> {
    while (this.count(event) < times && !this.#ended && !this.#leaving) await this.#changed.promise;
  }

  /** Waits until every connection was ended. */
  async left(): Promise<void> {
    // What they still wait for will not come.
    this.#leaving = true;
    this.#change();
    const left = async () => {
      while (this.#open.size > 0) await this.#changed.promise;
    };
    await deadline(left(), 30_000, () => `the connections' ends: ${this.events.join(", ")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#refuse();
    this.happen("over");
    await Promise.all(this.#served);
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Says that something has happened, for steps that wait for it. */
  happen(event: string): void {
    this.events.push(event);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #refuse(): void {
    if (!this.#ended) this.#listener.close();
    this.#ended = true;
    for (const connection of this.#open) this.#close(connection);
  }

  #close(connection: Deno.UnixConn): void {
    if (!this.#open.delete(connection)) return;
    connection.close();
    this.#change();
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) {
        this.#open.add(connection);
        this.#served.push(
          this.#serve(connection).catch(() => {}).finally(() => this.#close(connection)),
        );
      }
    } catch {
      // The listener was closed in the middle of an accept.
    }
  }

  async #serve(connection: Deno.UnixConn): Promise<void> {
    // Where a request may have to be left unread, it is read a byte at a time.
    const resets = this.#rules.some(({ steps }) => steps.includes("reset"));
    const reader = new RequestReader(connection, resets ? 1 : 65536);
    for (let head; (head = await reader.head()) !== null;) {
      const rule = this.#rules.find(({ on, times = 1 }) => times > 0 && on.test(head!));
      if (rule?.times !== undefined) rule.times--;
      if (!rule?.steps.includes("reset")) await reader.body();
      this.happen(head);
      const steps = rule?.steps ??
        [`HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n`];
      for (const step of steps) if (!await this.#take(step, connection, reader)) return;
    }
  }

  /** Resolves to whether the connection goes on. */
  async #take(step: Step, connection: Deno.UnixConn, reader: RequestReader): Promise<boolean> {
    if (typeof step === "string" || step instanceof Uint8Array) {
      switch (step) {
        case "close":
        case "reset":
          this.#close(connection);
          this.happen("stream closed");
          return false;
        case "refuse":
          this.#refuse();
          return false;
        case "silence":
          await reader.rest();
          this.happen("connection left");
          return false;
      }
      await write(connection, encode(step));
    } else if ("dribble" in step) {
      for (const byte of encode(step.dribble)) {
        await write(connection, Uint8Array.of(byte));
        // To the reader what comes in one turn of the loop is one piece.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } else if ("endless" in step) {
      const bytes = encode(step.endless);
      while (!this.#ended) {
        await write(connection, bytes);
        if (step.pause) await new Promise((resolve) => setTimeout(resolve, step.pause));
      }
    } else {
      await this.happened(step.after);
    }
    return !this.#ended;
  }
}

/** Reads requests, and of each no more than what is asked for. */
class RequestReader {
  #connection: Deno.UnixConn;
  #piece: Uint8Array;
  #text = "";

  constructor(connection: Deno.UnixConn, pieceLength: number) {
    this.#connection = connection;
    this.#piece = new Uint8Array(pieceLength);
  }

  /** The next request's method and path; null at the end. With pieces of a byte, its end is unread. */
  async head(): Promise<string | null> {
    while (!this.#text.includes("\r\n\r")) if (!await this.#more()) return null;
    const [, method, path] = /^([A-Z]+) (?:\/v\d+\.\d+)?(\/[^ ?]*)/.exec(this.#text)!;
    return `${method} ${path}`;
  }

  /** Reads the rest of the request. */
  async body(): Promise<void> {
    while (!this.#text.includes("\r\n\r\n")) if (!await this.#more()) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1] ?? 0);
    const end = this.#text.indexOf("\r\n\r\n") + 4 + length;
    while (this.#text.length < end) if (!await this.#more()) return;
    this.#text = this.#text.slice(end);
  }

  /** Reads whatever comes, up to the end. */
  async rest(): Promise<void> {
    while (await this.#more());
  }

  async #more(): Promise<boolean> {
    const count = await this.#connection.read(this.#piece);
    if (count === null) return false;
    this.#text += String.fromCharCode(...this.#piece.subarray(0, count));
    return true;
  }
}

function encode(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

async function write(connection: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
