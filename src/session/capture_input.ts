/**
 * What `capture` feeds to a process.
 *
 * @module
 */
import { InvalidOptionError } from "../errors.ts";
import type { CaptureOptions } from "./capture.ts";
import type { Session } from "./session.ts";

/** What is fed to a process. A stream is given up when this is disposed of. */
export class Input implements Disposable {
  #input: CaptureOptions["input"];
  #usable: boolean;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #over = false;

  constructor(input: CaptureOptions["input"]) {
    this.#input = input;
    const isStream = input instanceof ReadableStream;
    this.#usable = input === undefined || typeof input === "string" ||
      input instanceof Uint8Array || isStream && !input.locked;
    if (isStream && this.#usable) this.#reader = input.getReader();
  }

  /** Throws if it cannot be used, or not with this session. */
  check({ stdin }: Session): void {
    if (this.#input !== undefined && stdin === null) {
      throw new InvalidOptionError(
        'there is input, and no stdin that it could go to: open the session with stdin: "piped", and ' +
          "attach to a container that has one",
      );
    }
    if (!this.#usable) {
      throw new InvalidOptionError(
        "invalid input: expected a text, bytes, or a stream of bytes that nobody reads",
      );
    }
  }

  /**
   * Writes it. A process that ends without reading all of it is no failure, but a stream that fails
   * is: that is all that this tells.
   */
  pour({ stdin }: Session): Promise<never> {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    if (stdin === null) return failed.promise;
    const reader = this.#reader ??= new Blob(blobParts(this.#input)).stream().getReader();
    const writer = stdin.getWriter();
    writer.closed.catch(() => {});
    const pour = async () => {
      for (let next; !(next = await reader.read()).done;) {
        if (this.#over) return;
        if (!(next.value instanceof Uint8Array)) {
          throw new InvalidOptionError("invalid input: the stream is not one of bytes");
        }
        try {
          await writer.write(next.value);
        } catch {
          return this[Symbol.dispose]();
        }
      }
      if (!this.#over) await writer.close().catch(() => {});
    };
    pour().catch((error) => this.#over || failed.reject(error));
    return failed.promise;
  }

  [Symbol.dispose](): void {
    if (this.#over) return;
    this.#over = true;
    // One that does not let itself be cancelled is no reason to wait, nor to fail.
    this.#reader?.cancel(new DOMException("the input is not read any further", "AbortError"))
      .catch(() => {});
    this.#reader?.releaseLock();
  }
}

/** What a Blob is made of: it takes no bytes of a buffer that is shared, or that may change its size. */
function blobParts(input: CaptureOptions["input"]): BlobPart[] {
  if (typeof input === "string") return [input];
  if (!(input instanceof Uint8Array)) return [];
  const { buffer } = input;
  const plain = buffer instanceof ArrayBuffer && !buffer.resizable;
  return [plain ? input as Uint8Array<ArrayBuffer> : new Uint8Array(input)];
}
