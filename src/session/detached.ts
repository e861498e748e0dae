/**
 * Starting processes without a session.
 *
 * @module
 */
import { startContainer } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { createExec, startExecDetached } from "../engine/execs.ts";
import { withCreated } from "./open_container.ts";
import { createBody, execBody } from "./create_bodies.ts";
import type { ExecOptions, RunOptions } from "./options.ts";

/** Creates a container and starts it; resolves to its id. */
export async function runDetached(
  engine: Engine,
  image: string,
  command: readonly string[],
  options: RunOptions,
): Promise<string> {
  const body = createBody(image, command, options);
  const unattached = {
    ...body,
    StdinOnce: false,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
  };
  // What is left is left, also where that was given up.
  const left = { ...options, dispose: "detach" } as const;
  return await withCreated(engine, unattached, left, async (id) => {
    await startContainer(engine, id, options.signal);
    return id;
  });
}

/** Starts another process in a running container, attached to nothing. */
export async function execDetached(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<void> {
  const { tty = false, signal } = options;
  const id = await createExec(engine, container, {
    ...execBody(command, options),
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
  }, signal);
  await startExecDetached(engine, id, { tty }, signal);
}
