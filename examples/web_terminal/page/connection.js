// The page's way to the session: a socket that is opened again when it was lost, and that neither
// takes more output than the page can show nor sends more input than the process takes.

/** How the server closes a socket that is not to be opened again. */
const FINAL = {
  4000: "The session has ended.",
  4001: "Opened in another window.",
  4002: "Too much was typed at once.",
};

/** The bytes that are typed ahead of the process, and the most that go into one message. */
const AHEAD = 64 * 1024, MESSAGE = 16 * 1024;

export class Connection {
  #address;
  #handlers;
  #socket;
  #pause = 250;
  #received = 0;
  #shown = 0;
  #told = 0;
  #typed = [];
  #ahead = 0;

  /**
   * @param address the socket's
   * @param handlers `output(bytes, shown)`, `message(object)`, `lost()` and `closed(why)`
   */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    this.#open();
  }

  /** Types bytes; what cannot be sent as it is lost. */
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
    this.#received =
      this.#shown =
      this.#told =
      this.#ahead =
        0;
    this.#typed = [];
    socket.onopen = () => this.#pause = 250;
    socket.onmessage = ({ data }) => this.#receive(socket, data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #receive(socket, data) {
    if (typeof data === "string") {
      const message = JSON.parse(data);
      if (message.typed === undefined) return this.#handlers.message(message);
      this.#ahead -= message.typed;
      return this.#sendTyped();
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

  #sendTyped() {
    while (this.#typed.length > 0 && this.#ahead < AHEAD) {
      if (this.#socket.readyState !== WebSocket.OPEN) return this.#typed = [];
      const bytes = this.#typed.shift();
      this.#ahead += bytes.length;
      this.#socket.send(bytes);
    }
  }

  #closed(code) {
    if (FINAL[code] !== undefined) return this.#handlers.closed(FINAL[code]);
    this.#handlers.lost();
    setTimeout(() => this.#open(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, 5000);
  }
}
