/** A process that writes more than whoever reads takes, and what it notices meanwhile. */
import { assertEquals } from "@std/assert";
import type { Container } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { printing } from "./bytes.ts";

/** How long something in a container may take on a machine that has other things to do. */
export const PATIENCE = 60_000;

/** The code that the process ends with. */
export const CODE = 7;

/** A command that keeps what is typed, notices SIGUSR1, and at a word from outside writes so much. */
export function stalledWriter(length: number, { raw = false } = {}): string[] {
  const [sh, flag, print] = printing(length);
  const script = `${raw ? "stty raw -echo; tty >/tmp/tty" : ":"}
exec 3<&0
trap ': >/tmp/signalled' USR1
(trap '' USR1; exec cat <&3 >/tmp/typed 2>/dev/null) &
(trap '' USR1; until [ -e /tmp/go ]; do sleep 0.02; done; ${print}; : >/tmp/done) &
writer=$!
: >/tmp/ready
while kill -0 $writer 2>/dev/null; do wait $writer; done
exit ${CODE}`;
  return [sh, flag, script];
}

/** Waits until the process is there. */
export async function isReady(box: Container): Promise<void> {
  await until(() => has(box, "ready"), { what: "the writer to be ready", timeout: PATIENCE });
}

/** Lets it write, and waits until it is stopped by its unread output. */
export async function goUntilStalled(box: Container): Promise<void> {
  await box.exec(["touch", "/tmp/go"]);
  let last = "";
  let looks = 0;
  await until(async () => {
    const { stdout } = await box.exec([
      "sh",
      "-c",
      `for p in $(pidof head); do grep wchar /proc/$p/io; done`,
    ]);
    looks = stdout !== "" && stdout === last ? looks + 1 : 0;
    last = stdout;
    return looks === 3;
  }, { what: () => `the writer to be stopped, after ${last}`, timeout: PATIENCE, interval: 100 });
}

/** What is typed reaches the process, and a signal to the client, though nobody reads. */
export async function handlesOthers(
  box: Container,
  { type, signal }: { type: (text: string) => unknown; signal: () => void },
): Promise<void> {
  signal();
  await type("typed\n");
  const typed = async () => (await box.exec(["cat", "/tmp/typed"])).stdout === "typed\n";
  await until(typed, { what: "what was typed to come through", timeout: PATIENCE });
  const signalled = () => has(box, "signalled");
  await until(signalled, { what: "the signal to come through", timeout: PATIENCE });
  assertEquals(await has(box, "done"), false, "it was not stalled at all");
}

async function has(box: Container, name: string): Promise<boolean> {
  return (await box.exec(["test", "-e", `/tmp/${name}`])).code === 0;
}
