/**
 * Signals for a process that was started by an exec.
 *
 * The engine's API has no call for that. But a process's environment is readable inside the
 * container, in `/proc`, to processes of the same user: each exec gets a variable of its own, and
 * a second exec finds the processes that have it, the first one and its children.
 *
 * @module
 */
import { SignalError } from "../errors.ts";
import { leaveAfter } from "./leave_silent.ts";
import type { Session } from "./session.ts";

/**
 * Sends the signal `$1` to every process whose environment holds `$2`, and says when it has. While a
 * signal that ends them goes round they stand still, all of them, also those that were forked in
 * between: a parent must not see its child end first, and end by itself with another code. With
 * SIGKILL it looks again until it finds none. It takes a shell and nothing else; where there is tr, that is faster than
 * a shell's read.
 */
const SCRIPT = `
if command -v tr >/dev/null 2>&1; then
  has() { case $(tr '\\0' ' ' <"$1") in *"$2"*) return 0 ;; esac; return 1; }
else
  has() {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$2"*) return 0 ;; esac
    done <"$1"
    return 1
  }
fi
find_all() {
  found=
  for process in /proc/[0-9]*; do
    if has "$process/environ" "$1"; then found="$found \${process#/proc/}"; fi
  done
  [ -n "$found" ]
} 2>/dev/null
send() { kill -s "$1" $found 2>/dev/null; }
said=none
while find_all "$2"; do
  said=sent
  case $1 in
    HUP | INT | QUIT | TERM | KILL)
      stopped=
      until [ "$found" = "$stopped" ]; do
        stopped=$found
        send STOP
        find_all "$2"
      done
      send "$1"
      send CONT ;;
    *) send "$1" ;;
  esac
  [ "$1" = KILL ] || break
done
echo $said`;

/** The pauses, in milliseconds, before a process is looked for again that is about to start. */
const LOOK_AGAIN = [0, 20, 50, 100, 200, 500, 1000];

/** An exec that is to get a signal. */
export interface MarkedExec {
  /** Its variable. */
  mark: string;
  /** Opens another exec in the same container, as the same user. */
  openSibling: (command: readonly string[]) => Promise<Session>;
  /** Whether it has ended, as far as the engine knows. */
  hasEnded: () => Promise<boolean>;
  /** How long the other exec may say nothing, in milliseconds. */
  timeout: number;
}

/**
 * Sends a signal to an exec's processes. That there are none any more is no error.
 *
 * @throws {SignalError} if the container has no shell to do it with, or they are not found
 */
export async function killMarked(
  { mark, openSibling, hasEnded, timeout }: MarkedExec,
  signal: string,
): Promise<void> {
  const command = ["sh", "-c", SCRIPT, "sh", signal.replace(/^SIG/, ""), mark];
  for (const pause of LOOK_AGAIN) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    await using sibling = await openSibling(command);
    using time = leaveAfter(sibling, timeout);
    const said = await firstWord(sibling);
    if (time.isOver) {
      throw new SignalError(
        `cannot send ${signal} to the command: for ${
          timeout / 1000
        } seconds nothing was heard of ` +
          "what is to do it in the container",
      );
    }
    if (said === null) {
      throw new SignalError(
        `cannot send ${signal} to the command: the container has no shell to do it with`,
      );
    }
    // The engine answers an exec's start before there is a process.
    if (said === "sent" || await hasEnded()) return;
  }
  throw new SignalError(
    `cannot send ${signal} to the command: its user sees no process of it in the container`,
  );
}

/** What a script says, or null. Not its end: engines tell that only when all else has been read. */
async function firstWord(session: Session): Promise<string | null> {
  for await (const bytes of session.stdout) return new TextDecoder().decode(bytes).trim();
  return null;
}
