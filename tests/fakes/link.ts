import { ConnectionError, ConnectionLostError } from "../../src/errors.ts";
import type { SessionParts } from "../../src/session/hijacked_session.ts";
import type { ExitStatus } from "../../src/session/session.ts";
import type { Payload } from "../../src/stream/multiplexed_stream.ts";
import { bytes, text } from "./bytes.ts";

/** What a link is lost by. */
export const lost = new ConnectionLostError("the connection was lost");

/** A connection to a container, played by a test. */
export class FakeLink {
  sent = "";
  ended = false;
  closed = false;
  released = 0;
  signals: string[] = [];
  sizes: string[] = [];
  tty = false;
  /** What a resize waits for. */
  resizing: Promise<void> = Promise.resolve();
  exit = Promise.withResolvers<ExitStatus>();
  #output: Payload[] = [];
  #failed: unknown;
  #wake = Promise.withResolvers<void>();

  constructor() {
    this.exit.promise.catch(() => {});
  }

  parts(stdin: SessionParts["stdin"] = "half-close"): SessionParts {
    return {
      id: "box",
      tty: this.tty,
      size: this.tty ? { rows: 24, columns: 80 } : undefined,
      stdin,
      connection: {
        read: () => Promise.reject(new Error("read by payloads")),
        write: (content) => {
          if (this.closed || this.#failed) return Promise.reject(new ConnectionError("broken"));
          // As a socket does: a part of it.
          const taken = content.subarray(0, 3);
          this.sent += text(taken);
          return Promise.resolve(taken.length);
        },
        closeWrite: () => {
          this.ended = true;
          return Promise.resolve();
        },
        close: () => {
          this.closed = true;
          this.#failed ??= lost;
          this.#wake.resolve();
        },
      },
      read: async () => {
        while (this.#output.length === 0) {
          if (this.#failed === "end") return null;
          if (this.#failed) throw this.#failed;
          await this.#wake.promise;
          this.#wake = Promise.withResolvers();
        }
        return this.#output.splice(0);
      },
      exited: () => this.exit.promise,
      resize: async ({ rows, columns }) => {
        this.sizes.push(`${rows}x${columns}`);
        await this.resizing;
      },
      kill: (signal) => {
        this.signals.push(signal);
        return Promise.resolve();
      },
      release: () => {
        this.released++;
        // Nobody waits for the engine's answer any more.
        this.exit.reject(new DOMException("given up", "AbortError"));
      },
    };
  }

  write(content: string): void {
    this.#output.push({ stream: "stdout", bytes: bytes(content) });
    this.#wake.resolve();
  }

  /** The connection is lost; or, with `end`, the output ends. */
  lose(how: unknown = lost): void {
    this.#failed = how;
    this.#wake.resolve();
  }
}
