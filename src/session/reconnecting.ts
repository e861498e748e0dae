/**
 * A session that outlives its connection: what it is made of is made anew where that is lost.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import { ConnectionLostError } from "../errors.ts";
import { SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";
import type { Winsize } from "../winsize.ts";
import type { SessionParts } from "./hijacked_session.ts";
import { partsOfRunning } from "./open_container.ts";
import type { ReconnectOptions, SessionOptions } from "./options.ts";
import type { ReadPayloads } from "./output.ts";
import { pause, reattach } from "./reattach.ts";
import type { ExitStatus } from "./session.ts";
import { SHOWN, type Shown, THROUGH } from "./shown_option.ts";
import { isLost } from "./status.ts";
import { ShownOutput } from "./shown_output.ts";

/** The pause between two sizes, in milliseconds: Podman loses the second of two that come at once. */
const BETWEEN_SIZES = 10;

/** What {@linkcode reconnecting} works with. */
export interface Reconnecting {
  /** What the session is opened with. */
  options: SessionOptions & ReconnectOptions;
  /** Attaches to the container again. */
  attach: (container: string, options: SessionOptions & Shown) => Promise<SessionParts>;
  /** Frees what the session holds, whatever it runs over. */
  release: () => void;
  /** The clock that is waited by. */
  timers?: Timers;
}

/** What is added to the options of a session that is to outlive its connection. */
export function reconnecting(how: Reconnecting): Shown {
  const shown = new ShownOutput();
  return { [SHOWN]: shown, [THROUGH]: (parts) => new Links(how, shown, parts).parts };
}

/** {@linkcode Reconnecting.attach}, where each has an engine's client of its own. */
export function attachingBy(connect: () => Promise<Engine>): Reconnecting["attach"] {
  return async (container, options) => {
    const engine = await connect();
    try {
      return await partsOfRunning(engine, container, options, () => engine.close());
    } catch (error) {
      engine.close();
      throw error;
    }
  };
}

/** A connection to the container, and what belongs to it. */
class Link {
  readonly parts: SessionParts;
  /** How the process ended. */
  readonly exit: Promise<ExitStatus>;
  /** Is resolved at the output's end. */
  readonly outputEnded = Promise.withResolvers<void>();
  /** A read that is under way. */
  reading: Promise<unknown> | undefined;
  /** The link that takes its place, once it is known to be lost. */
  next: Promise<Link> | undefined;

  constructor(parts: SessionParts) {
    this.parts = parts;
    this.exit = parts.exited(this.outputEnded.promise);
    this.exit.catch(() => {});
  }

  close(): void {
    this.parts.connection.close();
    this.parts.release();
  }
}

/** One connection to a container after another. */
class Links {
  /** What a session over all of them is made of. */
  readonly parts: SessionParts;
  #how: Reconnecting;
  #shown: ShownOutput;
  #link: Link;
  #size: Winsize | undefined;
  #stdinClosed = false;
  /** Aborts when the session is over. */
  #over = new AbortController();

  constructor(how: Reconnecting, shown: ShownOutput, first: SessionParts) {
    this.#how = how;
    this.#shown = shown;
    this.#link = new Link(first);
    this.#size = first.size;
    this.parts = {
      ...first,
      connection: {
        read: () => Promise.reject(new TypeError("it is read by payloads")),
        write: (bytes) => this.#write(bytes),
        closeWrite: () => this.#closeWrite(),
        close: () => this.#close(),
      },
      read: (buffer) => this.#read(buffer),
      exited: () => this.#exited(),
      resize: async (size) => {
        await (await this.#present()).parts.resize(size);
        this.#size = size;
      },
      kill: async (signal) => await (await this.#present()).parts.kill(signal),
      release: () => {
        this.#link.parts.release();
        how.release();
      },
    };
  }

  async #read(buffer: Uint8Array): ReturnType<ReadPayloads> {
    while (true) {
      const link = this.#link;
      try {
        const reading = link.parts.read(buffer);
        link.reading = reading;
        const payloads = await reading;
        if (payloads !== null) {
          for (const payload of payloads) this.#shown.add(payload);
          return payloads;
        }
        link.outputEnded.resolve();
        // Output that was cut ends as well.
        await link.exit;
        return null;
      } catch (error) {
        await this.#leave(link, error);
      }
    }
  }

  async #exited(): Promise<ExitStatus> {
    while (true) {
      const link = this.#link;
      try {
        return await link.exit;
      } catch (error) {
        await this.#leave(link, error);
      }
    }
  }

  async #write(bytes: Uint8Array): Promise<number> {
    while (true) {
      const link = this.#link;
      try {
        return await link.parts.connection.write(bytes);
      } catch (error) {
        if (await this.#endedOn(link)) throw error;
      }
    }
  }

  async #closeWrite(): Promise<void> {
    this.#stdinClosed = true;
    await (await this.#present()).parts.connection.closeWrite();
  }

  /** Whether the process had ended before the link was lost; else it has been left for the next one. */
  async #endedOn(link: Link): Promise<boolean> {
    try {
      await link.exit;
      return true;
    } catch (error) {
      await this.#leave(link, error);
      return false;
    }
  }

  #close(): void {
    this.#over.abort();
    this.#link.parts.connection.close();
  }

  /** The link that can be used, once there is one. */
  async #present(): Promise<Link> {
    while (this.#link.next !== undefined) await this.#link.next;
    return this.#link;
  }

  /** Waits for what takes the place of a link that is lost; throws what else is wrong with it. */
  async #leave(link: Link, error: unknown): Promise<void> {
    if (link.next === undefined) {
      if (!isLost(error) || this.#over.signal.aborted) throw error;
      link.next = this.#comeBack(link);
    }
    await link.next;
  }

  async #comeBack(lost: Link): Promise<Link> {
    const { options, attach, timers = SYSTEM_TIMERS } = this.#how;
    lost.close();
    // What it still gives was shown, too.
    await lost.reading?.catch(() => {});
    options.onReconnect?.({ state: "lost" });
    const given = options.signal === undefined ? [] : [options.signal];
    const link = new Link(
      await reattach({
        attach: (signal) => {
          const stdin = lost.parts.stdin === null || this.#stdinClosed ? "null" : "piped";
          return attach(lost.parts.id, { stdin, signal, [SHOWN]: this.#shown });
        },
        container: lost.parts.id,
        timers,
        signal: AbortSignal.any([this.#over.signal, ...given]),
      }),
    );
    this.#link = link;
    try {
      // It may have been left while the engine answered.
      this.#over.signal.throwIfAborted();
      this.#tell();
      await this.#repaint(link);
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  #tell(): void {
    const { onReconnect } = this.#how.options;
    const { isMissing, isOver } = this.#shown;
    if (isMissing && onReconnect === undefined) {
      throw new ConnectionLostError(
        "the connection to the engine was lost and made again, and what the process wrote meanwhile is " +
          "missing: the container's log does not have it. Give onReconnect to be told of that and go on",
      );
    }
    onReconnect?.({ state: isOver ? "ended" : "attached", complete: !isMissing });
  }

  /** Has a program with a terminal draw its screen again: a size that has not changed tells it nothing. */
  async #repaint({ parts }: Link): Promise<void> {
    const size = this.#size;
    if (!parts.tty || size === undefined || this.#shown.isOver) return;
    const { timers = SYSTEM_TIMERS } = this.#how;
    try {
      await parts.resize({ rows: size.rows + 1, columns: size.columns + 1 });
      await pause(BETWEEN_SIZES, timers, this.#over.signal);
      await parts.resize(size);
    } catch {
      // It may have ended by now; whoever shows it tells the size again.
    }
  }
}
