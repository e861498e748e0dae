/** What the terminal in the browser has around it, in memory: a session, and a page's socket. */
import type { Room } from "../../examples/web_terminal/room.ts";
import { FakeSession } from "../fakes/session.ts";

/** A session whose process says nothing, and takes whatever is typed, as long as it takes. */
export class QuietSession extends FakeSession {
  #end = Promise.withResolvers<void>();
  readonly #stdout = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => void this.#end.promise.then(() => controller.close()),
  });

  override get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stdout;
  }

  /** Ends it, and waits until nobody is there any more. */
  async end(room: Room): Promise<void> {
    this.#end.resolve();
    this.exit(0);
    await room.ended;
  }
}

/** A page's socket as the server has it. */
export class FakeSocket extends EventTarget {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  /** The length of all that was sent. */
  sent = 0;
  texts: string[] = [];
  closedWith: number | undefined;
  /** Called with all that is sent. */
  onSent: (data: string | Uint8Array) => void = () => {};

  /** @param reads whether the page reads what it is sent */
  constructor(readonly reads: boolean) {
    super();
  }

  send(data: string | Uint8Array): void {
    this.sent += data.length;
    if (typeof data === "string") this.texts.push(data);
    if (!this.reads) this.bufferedAmount += data.length;
    this.onSent(data);
  }

  close(code?: number): void {
    this.#end(true, code);
  }

  /** Loses the connection. */
  lose(): void {
    this.#end(false);
  }

  #end(wasClean: boolean, code?: number): void {
    if (this.readyState !== WebSocket.OPEN) return;
    this.closedWith = code;
    this.readyState = WebSocket.CLOSED;
    if (!wasClean) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { wasClean, code }));
  }

  /** Whether the page was told last that it types. */
  get typing(): boolean {
    return this.texts.map((text) => JSON.parse(text).typing).findLast((told) => told !== undefined);
  }

  /** Sends the server something, as the page. */
  say(data: string | ArrayBuffer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}
