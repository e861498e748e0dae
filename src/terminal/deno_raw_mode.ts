/**
 * Raw mode on the process's own terminal.
 *
 * `Deno.stdin.setRaw(true)` leaves the post-processing of output on, so the rest is cleared on top
 * of it, by libc's `cfmakeraw(3)` where FFI is permitted, or by `stty` where that is. Deno's own
 * restore, which also runs when the process ends, then takes both back.
 *
 * @module
 */
import { NotTerminalError } from "../errors.ts";
import { openLibc } from "../libc.ts";

/** A terminal in raw mode. */
export interface RawMode extends Disposable {
  /** Whether output is passed on untouched; if not, line feeds are post-processed still. */
  readonly outputIsRaw: boolean;
}

/**
 * Puts the terminal on stdin into raw mode.
 *
 * @throws {NotTerminalError} if stdin is not a terminal
 */
export function enterRawMode(): RawMode {
  try {
    Deno.stdin.setRaw(true);
  } catch (error) {
    throw new NotTerminalError("cannot put the terminal into raw mode: stdin is not a terminal", {
      cause: error,
    });
  }
  let restored = false;
  return {
    outputIsRaw: makeRawByFfi() || makeRawByStty(),
    [Symbol.dispose](): void {
      if (restored) return;
      restored = true;
      // It is somebody else's then: to touch it would stop this process.
      if (!isInFront()) return;
      try {
        Deno.stdin.setRaw(false);
      } catch {
        // The terminal has been hung up: there is nothing left to restore.
      }
    },
  };
}

/** `struct termios` is 60 bytes on Linux and 72 on macOS; libc alone looks into it. */
const TERMIOS_SIZE = 256;
const STDIN = 0;
/** Output that is still on its way is written first: `TCSADRAIN`, the same number everywhere. */
const TCSADRAIN = 1;

function makeRawByFfi(): boolean {
  const libc = openLibc({
    tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
    cfmakeraw: { parameters: ["buffer"], result: "void" },
    tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  });
  if (libc === null) return false;
  const termios = new Uint8Array(TERMIOS_SIZE);
  try {
    if (libc.symbols.tcgetattr(STDIN, termios) !== 0) return false;
    libc.symbols.cfmakeraw(termios);
    return libc.symbols.tcsetattr(STDIN, TCSADRAIN, termios) === 0;
  } finally {
    libc.close();
  }
}

function makeRawByStty(): boolean {
  if (Deno.build.os === "windows") return false;
  if (Deno.permissions.querySync({ name: "run", command: "stty" }).state !== "granted") {
    return false;
  }
  try {
    const stty = new Deno.Command("stty", {
      args: ["-opost", "-iexten"],
      stdin: "inherit",
      stdout: "null",
      stderr: "null",
    });
    return stty.outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Whether the process is in the foreground of its terminal: proc(5). True also where that cannot be
 * told: without all permissions, and on other systems than Linux.
 */
export function isInFront(): boolean {
  const path = "/proc/self/stat";
  if (Deno.build.os !== "linux") return true;
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return true;
    const stat = Deno.readTextFileSync(path);
    // Behind the command's name, which may have blanks and parentheses of its own.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return foreground === "-1" || foreground === group;
  } catch {
    return true;
  }
}
