/**
 * The file that a new container's id is written to.
 *
 * @module
 */
import { PermissionError } from "../errors.ts";
import { FlagError, UsageError } from "./args.ts";
import { CommandNotFoundError } from "./exit_code.ts";
import { reason } from "./local.ts";

/** A file for an id; one that nothing was written to is removed again. */
export class CidFile implements Disposable {
  #path: string | undefined;
  #written = false;

  private constructor(path: string | undefined) {
    this.#path = path;
  }

  /**
   * Makes the file; without a path, nothing is made and nothing written.
   *
   * @throws {UsageError} if it is there already, or cannot be made
   */
  static open(path: string | undefined): CidFile {
    if (!path) return new CidFile(undefined);
    for (const name of ["read", "write"] as const) {
      if (Deno.permissions.querySync({ name, path }).state !== "granted") {
        throw new PermissionError(`${name} the file of --cidfile`, [`--allow-${name}=${path}`]);
      }
    }
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
    } catch (error) {
      const shown = JSON.stringify(path);
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new FlagError(
          `--cidfile: container ID file found: expected ${shown} not to be there; delete it, or ` +
            "name another",
        );
      }
      const message = `--cidfile: cannot make the file ${shown}: ${reason(error)}`;
      // Docker takes this for a command that is not there.
      if (error instanceof Deno.errors.NotFound) throw new CommandNotFoundError(message);
      throw new FlagError(message);
    }
    return new CidFile(path);
  }

  /** Writes the id. */
  write(id: string): void {
    if (this.#path === undefined) return;
    try {
      Deno.writeTextFileSync(this.#path, id);
    } catch (error) {
      throw new UsageError(`--cidfile: cannot write to the file: ${reason(error)}`);
    }
    this.#written = true;
  }

  /** Takes the file away if nothing was written. */
  [Symbol.dispose](): void {
    if (this.#path !== undefined && !this.#written) Deno.removeSync(this.#path);
  }
}
