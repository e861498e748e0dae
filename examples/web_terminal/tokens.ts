// Tokens that cannot be guessed: who knows one may type, who knows the other may watch.

export interface Tokens {
  /** Of those who may type. */
  type: string;
  /** Of those who may only watch. */
  watch: string;
}

export function newTokens(): Tokens {
  return { type: newToken(), watch: newToken() };
}

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Which of the tokens this is, if any; how long that takes tells nothing of them. */
export function whichToken(tokens: Tokens, given: string): keyof Tokens | undefined {
  if (same(tokens.type, given)) return "type";
  if (same(tokens.watch, given)) return "watch";
}

function same(token: string, given: string): boolean {
  let difference = token.length ^ given.length;
  for (let at = 0; at < token.length; at++) {
    difference |= token.charCodeAt(at) ^ given.charCodeAt(at % given.length);
  }
  return difference === 0;
}
