/** Bytes for tests: from text, from frames, cut into pieces. */

/** The bytes of a text, or of a list of numbers. */
export function bytes(content: string | readonly number[]): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
}

/** The text of bytes. */
export function text(content: Uint8Array | ArrayBuffer): string {
  return new TextDecoder().decode(content);
}

/** All pieces, one behind the other. */
export function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A frame of the multiplexed stream; `length` is what it declares, the payload's own if not given. */
export function frame(
  stream: number,
  payload: string | Uint8Array,
  length?: number,
): Uint8Array<ArrayBuffer> {
  const content = typeof payload === "string" ? bytes(payload) : payload;
  const header = new Uint8Array(8);
  header[0] = stream;
  new DataView(header.buffer).setUint32(4, length ?? content.length);
  return join([header, content]);
}

/** All ways to cut `whole` into two pieces, either of which may be empty. */
export function* cuts(whole: Uint8Array): Generator<[Uint8Array, Uint8Array]> {
  for (let at = 0; at <= whole.length; at++) yield [whole.slice(0, at), whole.slice(at)];
}

/** `whole`, a byte at a time. */
export function single(whole: Uint8Array): Uint8Array[] {
  return Array.from(whole, (byte) => bytes([byte]));
}
