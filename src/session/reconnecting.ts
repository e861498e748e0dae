/**
 * A session that outlives its connection: what it is made of is made anew where that is lost.
 *
 * @module
 */
import type { Engine } from "../engine/engine.ts";
import { ConnectionError, ConnectionLostError } from "../errors.ts";
import { pause, SYSTEM_TIMERS, type Timers } from "../stream/timers.ts";
import type { Winsize } from "../winsize.ts";
import type { SessionParts } from "./hijacked_session.ts";
import { partsOfRunning } from "./open_container.ts";
import type { ReconnectEvent, ReconnectOptions, SessionOptions } from "./options.ts";
import type { ReadPayloads } from "./output.ts";
import { reattach } from "./reattach.ts";
import { BETWEEN_SIZES } from "./resizer.ts";
import type { ExitStatus } from "./session.ts";
import { ATTACHED, SHOWN, type Shown, THROUGH } from "./shown_option.ts";
import { isLost } from "./status.ts";
import { ShownOutput } from "./shown_output.ts";

/** How long a process that takes no more input may take to be known to have ended, in milliseconds. */
const END_TIME = 1000;

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
  /** The link that takes its place, once it is known to be lost; fails where nothing does. */
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
  #timers: Timers;
  #link: Link;
  #size: Winsize | undefined;
  #repainting: Promise<void> = Promise.resolve();
  /** Whether the program has closed stdin. */
  #stdinClosed = false;
  /** Whether the process has seen the end of stdin with a connection. */
  #stdinLost = false;
  /** Whether it is known how the session ended. */
  #released = false;
  /** What a callback has failed with, later. */
  #failure: { error: unknown } | undefined;
  /** Aborts then. */
  #failed = new AbortController();
  /** Aborts when the session is over. */
  #over = new AbortController();

  constructor(how: Reconnecting, shown: ShownOutput, first: SessionParts) {
    this.#how = how;
    this.#shown = shown;
    this.#timers = how.timers ?? SYSTEM_TIMERS;
    this.#link = new Link(first);
    this.#size = first.size;
    shown.onMissing = () => this.#tellOfMissing();
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
      resize: (size) => this.#resize(size),
      kill: async (signal) => {
        // Where there is none to be, the engine may be there all the same.
        const link = await this.#present().catch(() => this.#link);
        await link.parts.kill(signal);
      },
      release: () => {
        this.#released = true;
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
        if (!this.#released) await link.exit;
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
      if (this.#stdinLost) throw new ConnectionError("its stdin has ended with the connection");
      if (this.#shown.isOver) throw new ConnectionError("it has ended");
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

  /** Whether the process had ended when the link took no more; else another one has taken its place. */
  async #endedOn(link: Link): Promise<boolean> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    // It would be seen by reading, and perhaps nobody does.
    const timer = this.#timers.set(() => {
      reject(new ConnectionLostError("the connection to the engine takes no more"));
    }, END_TIME);
    try {
      await Promise.race([link.exit, late]);
      return true;
    } catch (error) {
      await this.#leave(link, error);
      return false;
    } finally {
      this.#timers.clear(timer);
    }
  }

  async #resize(size: Winsize): Promise<void> {
    this.#size = size;
    const { parts } = await this.#present();
    // The last size is to be the one that stays.
    await this.#repainting;
    await parts.resize(size);
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
    this.#throwFailure();
    if (link.next === undefined) {
      if (!isLost(error) || this.#over.signal.aborted) throw error;
      link.next = this.#comeBack(link);
    }
    await link.next.catch((reason) => {
      // It was given up for that.
      this.#throwFailure();
      throw reason;
    });
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async #comeBack(lost: Link): Promise<Link> {
    const { options, attach } = this.#how;
    const { id, stdin, attached } = lost.parts;
    lost.close();
    // What it still gives was shown, too.
    await lost.reading?.catch(() => {});
    this.#tell({ state: "lost" });
    const given = options.signal === undefined ? [] : [options.signal];
    const parts = await reattach({
      attach: (signal) => {
        const piped = stdin !== null && !this.#stdinClosed;
        return attach(id, {
          stdin: piped ? "piped" : "null",
          signal,
          [SHOWN]: this.#shown,
          [ATTACHED]: attached,
        });
      },
      container: id,
      timers: this.#timers,
      signal: AbortSignal.any([this.#over.signal, this.#failed.signal, ...given]),
    });
    const link = new Link(parts);
    try {
      // It may have been left while the engine answered.
      this.#over.signal.throwIfAborted();
      // The engine has closed it, as at a half-close.
      if (stdin === "half-close" && !this.#stdinClosed) this.#stdinLost = true;
      this.#tellOfReturn();
      // Or by whoever was told.
      this.#over.signal.throwIfAborted();
      this.#throwFailure();
    } catch (error) {
      link.close();
      throw error;
    }
    this.#link = link;
    // There is nothing to wait for any more but the output.
    if (this.#released) link.parts.release();
    this.#repainting = this.#repaint(link);
    return link;
  }

  #tellOfReturn(): void {
    const { isMissing, isOver } = this.#shown;
    if (isMissing) this.#requireListener();
    this.#tell({ state: isOver ? "ended" : "attached", complete: !isMissing });
  }

  /** The end of a line has come, and not all that was in front of it. */
  #tellOfMissing(): void {
    try {
      this.#requireListener();
    } catch (error) {
      // It is the session's, and nothing to come back from.
      this.#failure = { error };
      throw error;
    }
    this.#tell({ state: "attached", complete: false });
  }

  /** Output that is missing is an error where nobody is told. */
  #requireListener(): void {
    if (this.#how.options.onReconnect !== undefined) return;
    throw new ConnectionLostError(
      "the connection to the engine was lost and made again, and what the process wrote meanwhile is " +
        "missing: the container's log does not have it, had it when more was shown already, or has " +
        "U+FFFD where it may have been something else. Give onReconnect to be told of that and go on",
    );
  }

  /** Tells the program. It may be async, and is not waited for: what it does may wait for the return. */
  #tell(event: ReconnectEvent): void {
    Promise.resolve(this.#how.options.onReconnect?.(event)).catch((error) => {
      this.#failure = { error };
      this.#failed.abort(error);
      this.#link.close();
    });
  }

  /** Has a program with a terminal draw its screen again: a size that has not changed tells it nothing. */
  async #repaint({ parts }: Link): Promise<void> {
    const size = this.#size;
    if (!parts.tty || size === undefined || this.#shown.isOver) return;
    try {
      await parts.resize({ rows: size.rows + 1, columns: size.columns + 1 });
      await pause(BETWEEN_SIZES, this.#timers, this.#over.signal).catch(() => {});
      // Also where it was left in between: the process is not to keep the other one.
      await parts.resize(this.#size ?? size);
    } catch {
      // It may have ended by now; whoever shows it tells the size again.
    }
  }
}
