// One page that shows the terminal: its socket, and how much of what it was sent it has shown.
import type { Winsize } from "@dockerpty/dockerpty";

/** What the server tells a page besides output. */
export type Message =
  /** Show the screen that comes next in place of all before. */
  | { screen: Winsize; title: string }
  /** The terminal has another size. */
  | { size: Winsize }
  /** Whether this page may type, whether it may ask to, and how many watch. */
  | { typing: boolean; mayType: boolean; viewers: number }
  /**
   * So many bytes of what was typed have come in, over all sockets of the page, and so many wait
   * for the process, whoever typed them. It is told first of all, whenever fewer wait, and when the
   * last of what came in was too late: another one types, and it was left out.
   */
  | { received: number; waiting: number; tooLate?: true }
  /** It is over. */
  | { ended: string };

/** What a page tells the server besides what is typed. */
export interface Request {
  /** All the output that it has shown, in bytes, since it was opened. */
  shown?: number;
  /** The size of the terminal that fits into it. */
  size?: Winsize;
  /** It wants to be the one who types. */
  take?: boolean;
}

/** How a socket is closed, when it is not to be opened again. */
export const CLOSED = {
  ended: 4000,
  replaced: 4001,
  tooMuch: 4002,
  mayNotType: 4003,
  tooFarBehind: 4004,
} as const;

/** The bytes that a page may be behind by, before it is sent no more. */
export const WINDOW = 256 * 1024;

/** A terminal is no larger than that, however large the window is; the pages know it, too. */
const [MOST_ROWS, MOST_COLUMNS] = [200, 500];

export class Viewer {
  /** It missed output: it has to be sent the screen once it has shown what it got. */
  behind = true;
  /** How many bytes of what was typed have come in, over all sockets of the page. */
  received = 0;
  /** Called when it does not even read what it is told. */
  onTooFarBehind: () => void = () => {};
  /** What it was told, in characters, since all that it was sent had last gone out. */
  #told = 0;
  #sent = 0;
  #shown = 0;

  /**
   * @param socket an open one
   * @param seat what the page calls itself, also after it was reloaded
   * @param page what it calls itself until then
   * @param mayType whether it knows the token of those who may
   */
  constructor(
    readonly socket: WebSocket,
    readonly seat: string,
    readonly page: string,
    readonly mayType: boolean,
  ) {}

  /** The bytes that it was sent and has not shown; those still here count in any case. */
  get lag(): number {
    return Math.max(this.#sent - this.#shown, this.socket.bufferedAmount);
  }

  /** Sends it output. One that is too far behind misses it. */
  show(bytes: Uint8Array): void {
    if (this.lag > WINDOW) this.behind = true;
    if (!this.behind) this.#send(bytes);
  }

  /** Sends it the screen, in place of whatever it shows. */
  showScreen(size: Winsize, title: string, bytes: Uint8Array): void {
    this.behind = false;
    this.tell({ screen: size, title });
    this.#send(bytes);
  }

  /** Notes what it has shown: never more than it was sent. */
  hasShown(count: number): void {
    this.#shown = Math.min(Math.max(this.#shown, count), this.#sent);
  }

  /** Tells it something. Of words, unlike output, none can be left out: who reads none has to go. */
  tell(message: Message): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify(message);
    if (this.socket.bufferedAmount === 0) this.#told = 0;
    this.#told += text.length;
    if (this.#told > WINDOW) this.onTooFarBehind();
    else this.socket.send(text);
  }

  #send(bytes: Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(bytes as Uint8Array<ArrayBuffer>);
    this.#sent += bytes.length;
  }
}

/** Reads what a page sent; undefined where it is none of its requests. */
export function parseRequest(text: string): Request | undefined {
  try {
    const { shown, size, take } = JSON.parse(text);
    const request: Request = {};
    if (Number.isSafeInteger(shown)) request.shown = shown;
    if (isCount(size?.rows) && isCount(size?.columns)) {
      const { rows, columns } = size;
      request.size = {
        rows: Math.min(rows, MOST_ROWS),
        columns: Math.min(columns, MOST_COLUMNS),
      };
    }
    if (take === true) request.take = true;
    return request;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && 1 <= (value as number);
}
