/**
 * The file of a recording: its opening, and what is wrong with it.
 *
 * @module
 */
import { DockerptyError, messageOf } from "../errors.ts";

/** Opens a file to write to; tells whether it is a new one. */
export function openRecording(
  path: string,
  force: boolean,
): [file: Deno.FsFile, isNew: boolean] {
  try {
    return [Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }), true];
  } catch (error) {
    const isThere = error instanceof Deno.errors.AlreadyExists;
    if (isThere && !force) {
      throw cannotRecord(
        path,
        error,
        "it is there already; take another name, or replace it by --force (in a program, force: true)",
      );
    }
    if (!isThere) throw cannotRecord(path, error);
  }
  try {
    // Where a link leads nowhere, what it leads to is made.
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    // A device or a pipe is the system's, or another program's.
    if (file.statSync().isFile) Deno.chmodSync(path, 0o600);
    return [file, false];
  } catch (error) {
    throw cannotRecord(path, error);
  }
}

/** Removes a file for which there was nothing to record. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Somebody else has, or it cannot be: neither is why there was nothing to record.
  }
}

/** Says of an error which file it is about, and what to do. */
export function cannotRecord(path: string, cause: unknown, why?: string): DockerptyError {
  // Without what Deno adds to the system's words: its number, and the path once more.
  const reason = why ?? messageOf(cause).replace(/ \(os error \d+\).*$/s, "");
  return new DockerptyError(`cannot record to ${path}: ${reason}`, { cause });
}
