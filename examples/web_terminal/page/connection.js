// The page's way to the session: a socket that is opened again when it was lost, and that neither
// takes more output than the page can show nor sends more input than the process takes.

/** How the server closes a socket that is not to be opened again. */
const ENDED = 4000, REPLACED = 4001;
const FINAL = {
  [ENDED]: "The session has ended.",
  [REPLACED]: "Opened in another window.",
  4002: "Too much was typed at once.",
  4003: "Typing is not allowed here.",
  4004: "Too far behind.",
};

/** So often it is tried again in a row, the most of them every five seconds: for ten minutes. */
const MOST_FAILURES = 120;

/** The bytes that are typed ahead of the process, and the most that go into one message. */
const AHEAD = 64 * 1024, MESSAGE = 16 * 1024;

export class Connection {
  #address;
  #handlers;
  #socket;
  /** How often it was lost or not reached since it was open. */
  #failures = 0;
  #timer;
  #asking = false;
  #received = 0;
  #shown = 0;
  #told = 0;
  /** What was typed and has not come in, in messages; those from `#next` on are to be sent. */
  #typed = [];
  #next = 0;
  /** How many bytes were sent, and how many of them have come in, since the page was opened. */
  #sent = 0;
  #cameIn = 0;
  /** How many wait at the server, also of those that came in before, or from other pages. */
  #waiting = 0;
  #ready = false;

  /**
   * @param address the socket's
   * @param handlers `output(bytes, shown)`, `message(object)`, `lost()`, `closed(why, replaced)`,
   *   and `isForgotten()`: whether the server has answered, and knows the session no more
   */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    this.#open();
  }

  /** Types bytes; what has not come in when the socket is lost is sent again by the next one. */
  type(bytes) {
    for (let at = 0; at < bytes.length; at += MESSAGE) {
      this.#typed.push(bytes.subarray(at, at + MESSAGE));
    }
    this.#sendTyped();
  }

  request(request) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #open() {
    const socket = this.#socket = new WebSocket(this.#address);
    socket.binaryType = "arraybuffer";
    this.#received = this.#shown = this.#told = 0;
    this.#ready = false;
    socket.onopen = () => this.#failures = 0;
    socket.onmessage = ({ data }) => this.#receive(socket, data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #receive(socket, data) {
    if (typeof data === "string") {
      const message = JSON.parse(data);
      if (message.received !== undefined) this.#hasComeIn(message);
      return this.#handlers.message(message);
    }
    this.#received += data.byteLength;
    this.#handlers.output(new Uint8Array(data), () => {
      if (socket === this.#socket) this.#hasShown(data.byteLength);
    });
  }

  /** Tells the server what is on the screen: now and then, and when that is everything. */
  #hasShown(count) {
    this.#shown += count;
    if (this.#shown < this.#received && this.#shown - this.#told < 32 * 1024) return;
    this.#told = this.#shown;
    this.request({ shown: this.#shown });
  }

  #hasComeIn({ received, waiting }) {
    this.#drop(received - this.#cameIn);
    // What has not come in over a socket before is sent again.
    if (!this.#ready) [this.#next, this.#sent, this.#ready] = [0, received, true];
    this.#waiting = waiting;
    this.#sendTyped();
  }

  #sendTyped() {
    const ahead = () => this.#sent - this.#cameIn + this.#waiting;
    while (this.#ready && this.#next < this.#typed.length && ahead() < AHEAD) {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      const bytes = this.#typed[this.#next++];
      this.#sent += bytes.length;
      this.#socket.send(bytes);
    }
  }

  /** Forgets the first bytes of what was typed. */
  #drop(count) {
    this.#cameIn += count;
    while (count > 0 && this.#typed.length > 0) {
      const [first] = this.#typed;
      if (first.length > count) return this.#typed[0] = first.subarray(count);
      count -= first.length;
      this.#typed.shift();
      this.#next--;
    }
  }

  #closed(code) {
    if (FINAL[code] !== undefined) return this.#end(FINAL[code], code === REPLACED);
    if (this.#failures >= MOST_FAILURES) return this.#end("Connection lost; not tried any more.");
    this.#handlers.lost();
    this.#timer = setTimeout(() => this.#open(), Math.min(250 * 2 ** this.#failures, 5000));
    if (this.#failures++ > 0) this.#ask();
  }

  /** Why a socket was not opened is told to no page: what else the server answers may tell. */
  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    const forgotten = await this.#handlers.isForgotten();
    this.#asking = false;
    if (forgotten && this.#failures > 0) this.#end(FINAL[ENDED]);
  }

  #end(why, replaced = false) {
    clearTimeout(this.#timer);
    this.#socket.onclose = null;
    this.#socket.close();
    this.#handlers.closed(why, replaced);
  }
}
