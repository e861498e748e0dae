/** What is looked at after a scenario, beside what the client wrote. */
import type { Container } from "../harness/engine.ts";
import type { Outcome } from "./scenario.ts";

/** What became of a container. */
export async function left(box: Container): Promise<Outcome> {
  if (!await box.exists()) return { status: "removed" };
  const state = await box.state().catch(() => null);
  // Podman answers with an error while it removes one.
  if (state === null) return await box.removed(), { status: "removed" };
  const { Status, ExitCode, OOMKilled } = state;
  // Podman calls it so for the moment before it has tidied up.
  const status = Status === "stopped" ? "exited" : Status;
  return { status, code: ExitCode, ...(OOMKilled ? { oom: true } : {}) };
}

/** The same of one that is about to stop, once it has. */
export async function stopped(box: Container): Promise<Outcome> {
  await box.stopped();
  return await left(box);
}

/** A container that runs on, and one that has ended with a code. */
export const running: Outcome = { status: "running", code: 0 };
export const exited = (code: number): Outcome => ({ status: "exited", code });
