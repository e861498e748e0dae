// A session and the pages that show it. One of them types, and the output goes at its pace.
import type { ExitStatus, Session, Winsize } from "@dockerpty/dockerpty";
import { Keyboard } from "./keyboard.ts";
import { Screen } from "./screen.ts";
import { CLOSED, parseRequest, type Viewer, WINDOW } from "./viewer.ts";

export interface RoomOptions {
  /** What the pages call it. */
  title: string;
  /**
   * How long it outlives its last viewer, in milliseconds, and the keyboard is kept for one whose
   * connection was lost.
   */
  grace: number;
}

/** For how long the one who types may show nothing while the output waits, in milliseconds. */
const PATIENCE = 10_000;

/** So many pages may show it at a time, and so many more that may type: watchers keep none of those out. */
const [MOST_VIEWERS, KEPT_TO_TYPE] = [32, 4];

/** So many pages are remembered that have typed. */
const MOST_PAGES = 64;

/** How long a process may take to end that was hung up, and a page to show the end. */
const LAST_WORDS = 2000;

export class Room {
  /** How the session ended, once everybody was told and everything is closed. */
  readonly ended: Promise<ExitStatus>;
  readonly #session: Session;
  readonly #keyboard: Keyboard;
  readonly #options: RoomOptions;
  readonly #screen: Screen;
  readonly #viewers = new Set<Viewer>();
  /** How many places are kept for viewers whose sockets are being opened. */
  #reserved = 0;
  /** How much of what was typed has come in from each page, for when it comes back. */
  readonly #received = new Map<string, number>();
  /** The seat of the one who types; it stays theirs while their page is reloaded. */
  #typist: string | undefined;
  /** When the typist's connection was lost; undefined while it is there, or was closed. */
  #typistLost: number | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #progress = Promise.withResolvers<void>();
  #wanted: Winsize | undefined;
  #over = false;

  /** @param session one with a terminal of that size, and nobody else who reads it */
  constructor(session: Session, size: Winsize, options: RoomOptions) {
    this.#session = session;
    this.#keyboard = new Keyboard(session);
    this.#options = options;
    this.#screen = new Screen(size);
    this.ended = this.#live();
    this.ended.catch(() => {});
  }

  /**
   * Keeps a place for a viewer whose socket is about to be opened; undefined where none is free.
   * What is returned gives it back, and does so once.
   */
  reserve(mayType: boolean): (() => void) | undefined {
    const most = MOST_VIEWERS + (mayType ? KEPT_TO_TYPE : 0);
    if (this.#over || this.#viewers.size + this.#reserved >= most) return undefined;
    this.#reserved++;
    let kept = true;
    return () => {
      if (kept) this.#reserved--;
      kept = false;
    };
  }

  /** Takes in a viewer whose socket has just been opened. */
  join(viewer: Viewer): void {
    if (this.#over) return viewer.socket.close(CLOSED.ended);
    clearTimeout(this.#grace);
    for (const other of this.#viewers) {
      if (other.seat === viewer.seat) this.#leave(other, CLOSED.replaced);
    }
    this.#viewers.add(viewer);
    viewer.onTooFarBehind = () => this.#leave(viewer, CLOSED.tooFarBehind);
    if (viewer.mayType && !this.#typing() && !this.#kept()) this.#typist = viewer.seat;
    if (viewer.seat === this.#typist) this.#typistLost = undefined;
    viewer.received = this.#received.get(viewer.page) ?? 0;
    this.#tellReceived(viewer);
    this.#showScreen(viewer);
    this.#tellWhoTypes();
    viewer.socket.addEventListener("message", ({ data }) => this.#receive(viewer, data));
    viewer.socket.addEventListener("close", ({ wasClean }) => {
      this.#leave(viewer, wasClean ? undefined : "lost");
    });
    viewer.socket.addEventListener("error", () => this.#leave(viewer, "lost"));
  }

  /** Ends the process as a terminal does that goes away, and if need be by force. */
  async hangUp(): Promise<void> {
    const force = setTimeout(() => this.#kill("SIGKILL"), LAST_WORDS);
    this.#kill("SIGHUP");
    await this.ended.catch(() => {});
    clearTimeout(force);
  }

  async #live(): Promise<ExitStatus> {
    let word = "The session was left.";
    try {
      for await (const bytes of this.#session.stdout) {
        await this.#screen.write(
          bytes,
          () => this.#viewers.forEach((viewer) => viewer.show(bytes)),
        );
        await this.#typistToShow();
      }
      const status = await this.#session.status;
      if (status.reason === "exited") word = `Ended with code ${status.code}.`;
      return status;
    } catch (error) {
      word = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      await this.#end(word);
    }
  }

  async #end(word: string): Promise<void> {
    this.#over = true;
    clearTimeout(this.#grace);
    await this.#progressUntil(
      () => Array.from(this.#viewers).every((viewer) => viewer.lag === 0),
      LAST_WORDS,
    );
    for (const viewer of this.#viewers) {
      if (viewer.behind) this.#showScreen(viewer);
      viewer.tell({ ended: word });
      viewer.socket.close(CLOSED.ended);
    }
    await this.#progressUntil(() => this.#viewers.size === 0, LAST_WORDS);
    this.#screen.dispose();
    await this.#session[Symbol.asyncDispose]();
  }

  #kill(signal: Deno.Signal): void {
    // Where it cannot be told, as it has ended or has no shell to tell it with, it is left.
    this.#session.kill(signal).catch(() => signal === "SIGKILL" && this.#session.detach());
  }

  #typing(): Viewer | undefined {
    return Array.from(this.#viewers).find((viewer) => viewer.seat === this.#typist);
  }

  /** Whether the keyboard is another's who is away and not to blame: it is taken, but not given. */
  #kept(): boolean {
    const lost = this.#typistLost;
    return lost !== undefined && performance.now() - lost < this.#options.grace;
  }

  #showScreen(viewer: Viewer): void {
    viewer.showScreen(this.#screen.size, this.#options.title, this.#screen.snapshot());
  }

  #tellWhoTypes(): void {
    for (const viewer of this.#viewers) {
      const typing = viewer.seat === this.#typist;
      viewer.tell({ typing, mayType: viewer.mayType, viewers: this.#viewers.size });
    }
  }

  /** The session is not read while the one who types has too much to show. */
  async #typistToShow(): Promise<void> {
    let [viewer, lag] = [this.#typing(), Infinity];
    while (viewer !== undefined && !viewer.behind && viewer.lag > WINDOW / 2) {
      // One who shows nothing at all any more misses some, so that the process can go on.
      if (viewer.lag >= lag) viewer.behind = true;
      lag = viewer.lag;
      const before = viewer;
      await this.#progressUntil(() => before.lag < lag || this.#typing() !== before, PATIENCE);
      viewer = this.#typing();
      if (viewer !== before) lag = Infinity;
    }
  }

  /** Waits until something holds, which only changes when a viewer shows something or leaves. */
  async #progressUntil(holds: () => boolean, most: number): Promise<void> {
    let late = false;
    const timer = setTimeout(() => (late = true, this.#proceed()), most);
    while (!late && !holds()) await this.#progress.promise;
    clearTimeout(timer);
  }

  #proceed(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  #receive(viewer: Viewer, data: string | ArrayBuffer): void {
    if (!this.#viewers.has(viewer)) return;
    if (typeof data !== "string") return this.#type(viewer, new Uint8Array(data));
    const { shown, size, take } = parseRequest(data) ?? {};
    if (shown !== undefined) {
      viewer.hasShown(shown);
      if (viewer.behind && viewer.lag === 0) this.#showScreen(viewer);
      this.#proceed();
    }
    if (take && viewer.mayType && viewer.seat !== this.#typist) {
      [this.#typist, this.#typistLost] = [viewer.seat, undefined];
      this.#tellReceived(viewer);
      this.#tellWhoTypes();
      this.#proceed();
    }
    if (size && viewer.seat === this.#typist) this.#resize(size);
  }

  #type(viewer: Viewer, bytes: Uint8Array): void {
    if (!viewer.mayType) return this.#leave(viewer, CLOSED.mayNotType);
    viewer.received += bytes.length;
    this.#note(viewer);
    if (viewer.seat !== this.#typist) return this.#tellReceived(viewer, true);
    // Who typed it may be away by the time it is taken, or back on another socket.
    const taken = () => this.#tellReceived(this.#typing());
    if (!this.#keyboard.type(bytes, taken)) this.#leave(viewer, CLOSED.tooMuch);
  }

  #tellReceived(viewer: Viewer | undefined, tooLate?: true): void {
    viewer?.tell({ received: viewer.received, waiting: this.#keyboard.waiting, tooLate });
  }

  #note({ page, received }: Viewer): void {
    // Those that typed last stay behind the others.
    this.#received.delete(page);
    this.#received.set(page, received);
    const [oldest] = this.#received.keys();
    if (this.#received.size > MOST_PAGES) this.#received.delete(oldest);
  }

  /** Only the newest of the sizes that are asked for while another one is being set is set, too. */
  async #resize(size: Winsize): Promise<void> {
    const busy = this.#wanted !== undefined;
    this.#wanted = size;
    if (busy) return;
    while (this.#wanted !== undefined && !this.#over) {
      const next: Winsize = this.#wanted;
      this.#screen.size = next;
      for (const viewer of this.#viewers) viewer.tell({ size: next });
      // It may have ended; its end is told elsewhere.
      await this.#session.resize(next).catch(() => {});
      if (this.#wanted === next) this.#wanted = undefined;
    }
  }

  /** @param why the code to let it go with, or that its connection was lost */
  #leave(viewer: Viewer, why?: number | "lost"): void {
    if (typeof why === "number") viewer.socket.close(why);
    if (!this.#viewers.delete(viewer)) return;
    if (why === "lost" && viewer.seat === this.#typist) this.#typistLost = performance.now();
    this.#proceed();
    this.#tellWhoTypes();
    if (this.#viewers.size > 0 || this.#over) return;
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.hangUp(), this.#options.grace);
  }
}
