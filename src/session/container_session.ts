/**
 * The session with a container's main process, and the container's log.
 *
 * @module
 */
import {
  attachContainer,
  containerLogs,
  killContainer,
  resizeContainer,
  type Wait,
  type WaitCondition,
  waitContainer,
} from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineError, ProtocolError } from "../errors.ts";
import { isMultiplexed } from "../http/hijack.ts";
import { MultiplexedStreamDecoder, type Payload } from "../stream/multiplexed_stream.ts";
import type { Winsize } from "../winsize.ts";
import { containerEnd, hasEnded } from "./container_end.ts";
import { ATTACH_DETACH_KEYS } from "./engine_detach_keys.ts";
import type { SessionParts } from "./hijacked_session.ts";
import { payloadReader, type ReadPayloads } from "./output.ts";
import type { Targets } from "./output_streams.ts";
import { Resizer } from "./resizer.ts";
import type { ShownOutput } from "./shown_output.ts";
import type { ReadLog } from "./tail.ts";

/** How a container's log is read. */
export interface LogOptions {
  tty: boolean;
  /** Which of it is wanted; the other stream is left out. */
  attached?: SessionParts["attached"];
  signal?: AbortSignal;
  /** Whether the log may be one that cannot be read. */
  optional: boolean;
}

/** Reads the ends of a container's log. */
export function logReader(
  engine: Engine,
  id: string,
  { tty, attached = ALL, signal, optional }: LogOptions,
): ReadLog {
  return async (lines) => {
    try {
      const payloads = logPayloads(await containerLogs(engine, id, lines, signal), tty);
      return payloads.filter(({ stream }) => tty || attached[stream]);
    } catch (error) {
      const refused = error instanceof EngineError || error instanceof ProtocolError;
      if (optional && refused) return null;
      throw error;
    }
  };
}

/** The payloads of a log, which is framed as the output is. */
function logPayloads(log: Uint8Array, tty: boolean): Payload[] {
  if (tty) return [{ stream: "stdout", bytes: log }];
  const decoder = new MultiplexedStreamDecoder();
  const payloads = decoder.decode(log);
  decoder.end();
  return payloads;
}

const ALL = { stdout: true, stderr: true };

/** Leaves out what is not attached: Podman attaches both, whatever it is asked for. */
function onlyAttached(
  read: ReadPayloads,
  attached: NonNullable<SessionParts["attached"]>,
): ReadPayloads {
  if (attached.stdout && attached.stderr) return read;
  return async (buffer) => (await read(buffer))?.filter(({ stream }) => attached[stream]) ?? null;
}

/** What {@linkcode attachedParts} must know of a container. */
interface Settings {
  tty: boolean;
  stdin: boolean;
  attached?: SessionParts["attached"];
  halfClose: boolean;
  targets: Targets;
  tail?: number;
  shown?: ShownOutput;
  /** Whether the process may have written something already. */
  running?: boolean;
  condition?: WaitCondition;
  size?: Winsize;
  signal?: AbortSignal;
  dispose?: SessionParts["dispose"];
}

/**
 * Attaches to a container and waits for its end, then calls `onAttached`: whatever the container
 * writes from then on is in the session, and its exit is not missed.
 *
 * @returns what the session is made of
 */
export async function attachedParts(
  engine: Engine,
  id: string,
  settings: Settings,
  release: () => void,
  onAttached: () => Promise<void>,
): Promise<SessionParts> {
  const { tty, stdin, attached = ALL, halfClose, targets, signal } = settings;
  const { condition = "not-running", tail: lines = 0, shown, running } = settings;
  // A log that was not asked for may be one that cannot be read.
  const readLog = logReader(engine, id, { tty, attached, signal, optional: lines === 0 });
  const withTail = lines > 0 || shown !== undefined
    ? await (await import("./tail.ts")).openTail({ lines, readLog, shown, tty, running })
    : null;
  const stream = await attachContainer(engine, id, {
    ...attached,
    stdin,
    detachKeys: tty ? ATTACH_DETACH_KEYS : undefined,
  }, signal);
  const { connection } = stream;
  const waiting = new AbortController();
  const closed = new AbortController();
  const close = () => {
    closed.abort();
    connection.close();
  };
  let wait: Wait;
  let read = payloadReader(connection, isMultiplexed(stream, tty));
  if (!tty) read = onlyAttached(read, attached);
  try {
    const given = signal === undefined ? [] : [signal];
    wait = await waitContainer(
      engine,
      id,
      condition,
      AbortSignal.any([waiting.signal, ...given]),
    );
    await onAttached();
    if (withTail !== null) read = await withTail(read, () => hasEnded(wait), closed.signal);
  } catch (error) {
    waiting.abort();
    close();
    throw error;
  }
  const resizer = new Resizer((size) => resizeContainer(engine, id, size));
  const size = tty ? settings.size : undefined;
  if (size) await resizer.first(engine, size, { startsLate: false });
  return {
    id,
    tty,
    connection: {
      read: (buffer) => connection.read(buffer),
      write: (bytes) => connection.write(bytes),
      closeWrite: () => connection.closeWrite(),
      close,
    },
    read,
    stdin: !stdin ? null : halfClose && !tty ? "half-close" : "stay-open",
    attached,
    targets,
    exited: (outputEnded) => containerEnd({ engine, id, wait }, outputEnded),
    endTime: engine.timeout,
    size,
    resize: resizer.resize,
    kill: (name) => killContainer(engine, id, name),
    release: () => {
      resizer.end();
      waiting.abort();
      release();
    },
    signal,
    dispose: settings.dispose,
  };
}
