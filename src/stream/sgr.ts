/**
 * The attributes of text: bold, colours and the like, which `CSI … m` sets (ECMA-48, SGR).
 *
 * @module
 */

const SEMICOLON = 0x3b;
const COLON = 0x3a;
const DIGIT_0 = 0x30;

/** For each attribute, the codes that switch it on, and the one that switches it off. */
const ATTRIBUTES: readonly [on: readonly [from: number, to: number][], off: number][] = [
  [[[1, 2]], 22],
  [[[3, 3], [20, 20]], 23],
  [[[4, 4], [21, 21]], 24],
  [[[5, 6]], 25],
  [[[7, 7]], 27],
  [[[8, 8]], 28],
  [[[9, 9]], 29],
  [[[11, 19]], 10],
  [[[30, 38], [90, 97]], 39],
  [[[40, 48], [100, 107]], 49],
  [[[51, 52]], 54],
  [[[53, 53]], 55],
  [[[58, 58]], 59],
];

/** The bits of the attributes that each code switches on, and off. */
const SWITCHES_ON = new Uint16Array(108);
const SWITCHES_OFF = new Uint16Array(108);
for (const [index, [ranges, off]] of ATTRIBUTES.entries()) {
  SWITCHES_OFF[off] |= 1 << index;
  for (const [from, to] of ranges) SWITCHES_ON.fill(SWITCHES_ON[from] | 1 << index, from, to + 1);
}
SWITCHES_OFF[0] = 0xffff;

/**
 * The attributes after a sequence.
 *
 * @param attributes a bit for each that was on before
 * @param bytes what holds the sequence's parameters, from `start` to `end`
 * @returns a bit for each that is on
 */
export function applySgr(
  attributes: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  for (let index = start; index <= end;) {
    let code = 0;
    for (; index < end && bytes[index] >= DIGIT_0 && bytes[index] < COLON; index++) {
      code = code * 10 + bytes[index] - DIGIT_0;
    }
    const hasParts = bytes[index] === COLON && index < end;
    // 4:0 is no underline.
    if (hasParts && code === 4 && bytes[index + 1] === DIGIT_0) code = 24;
    attributes = attributes & ~(SWITCHES_OFF[code] ?? 0) | (SWITCHES_ON[code] ?? 0);
    index = nextParameter(bytes, index, end);
    if (!hasParts && (code === 38 || code === 48 || code === 58)) {
      // A colour's numbers follow: 5;N or 2;R;G;B
      const isRgb = bytes[index] === 0x32;
      for (let skip = isRgb ? 4 : 2; skip > 0; skip--) index = nextParameter(bytes, index, end);
    }
  }
  return attributes;
}

/** Where the next parameter begins; behind the end where there is none. */
function nextParameter(bytes: Uint8Array, index: number, end: number): number {
  while (index < end && bytes[index] !== SEMICOLON) index++;
  return index + 1;
}
