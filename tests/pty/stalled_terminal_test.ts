/** A terminal that stops taking output: keys, sizes and signals go on, and nothing is lost. */
import { assertEquals } from "@std/assert";
import { digestOf, printed } from "../engine/bytes.ts";
import { idle } from "../engine/piped.ts";
import {
  CODE,
  goUntilStalled,
  handlesOthers,
  isReady,
  PATIENCE,
  stalledWriter,
} from "../engine/stalled_writer.ts";
import { commandEnv, dockerpty } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { setFlow } from "../harness/flow.ts";
import { Terminal } from "../harness/terminal.ts";
import { until } from "../harness/until.ts";

const LENGTH = 4_000_000;

testWithEngine("pty: a terminal that stops keeps nothing else from going on", async () => {
  await using box = await idle();
  const args = ["exec", "-it", box.name, ...stalledWriter(LENGTH, { raw: true })];
  await using terminal = Terminal.spawn(dockerpty(args), { rows: 20, cols: 70, env: commandEnv() });
  await isReady(box);
  const raw = async () => (await terminal.settings()).has("-icanon");
  await until(raw, { what: "the terminal to be raw", timeout: PATIENCE });
  setFlow(terminal.path, false);
  await goUntilStalled(box);
  terminal.resize(33, 99);
  const size = async () =>
    (await box.exec(["sh", "-c", "stty -F $(cat /tmp/tty) size"])).stdout.trim() === "33 99";
  await until(size, { what: "the size to come through", timeout: PATIENCE });
  await handlesOthers(box, {
    type: (text) => terminal.type(text),
    signal: () => Deno.kill(terminal.pid, "SIGUSR1"),
  });
  setFlow(terminal.path, true);
  const { code } = await terminal.exit;
  assertEquals(code, CODE);
  assertEquals(digestOf([terminal.raw as Uint8Array<ArrayBuffer>]), digestOf(printed(LENGTH)));
}, { limit: 240_000, ignore: Deno.build.os !== "linux" });
