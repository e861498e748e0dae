/** Programs that end in the middle of a session: the terminal is given back all the same. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { noTmux, tellingFlags, Tmux, UNTOUCHED } from "../harness/tmux.ts";
import { idle } from "./sessions.ts";

const path = new URL("./scripts/ends_in_session.ts", import.meta.url).pathname;

/** Fills the screen, and waits. */
const SCREEN = String.raw`printf '\033[?1049h\033[?25l\033[?1002h\033[?1hfull'; exec sleep 60`;
const FULL = { alternate_on: "1", cursor_flag: "0", mouse_any_flag: "1", keypad_cursor_flag: "1" };

interface Given {
  tmux: Tmux;
  /** Lets the script do what it is to do. */
  go: () => Promise<void>;
  folder: string;
}

function test(name: string, how: string, ends: (given: Given) => Promise<void>): void {
  if (noTmux !== null) console.error(`SKIPPED library: ${name}: ${noTmux}`);
  testWithEngine(`library: in a session: ${name}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      await using box = await idle();
      await using tmux = await Tmux.open({ env: { PS1: tellingFlags(`${folder}/flags`) } });
      const before = await tmux.driverModes();
      await tmux.run(
        `'${Deno.execPath()}' run --quiet -A '${path}' '${how}' ${box.name} ${folder}/go "${SCREEN}"`,
      );
      await tmux.waitForModes(FULL);
      await ends({ tmux, folder, go: () => Deno.writeTextFile(`${folder}/go`, "") });
      assertEquals([await tmux.modes(), await tmux.driverModes()], [UNTOUCHED, before]);
      const [flags, ...left] = (await Deno.readTextFile(`${folder}/flags`)).trim().split("\n");
      assertMatch(flags, /^\d+$/);
      assertEquals(left, left.map(() => flags), "the descriptor's flags are not those from before");
      assert(left.length > 0, "there was no prompt after it");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, { limit: 180_000, ignore: noTmux !== null });
}

test("Deno.exit gives the terminal back", "exits", async ({ tmux, go }) => {
  await go();
  assertEquals(await tmux.finished(), 7);
});

for (const [how, what] of [["throws", "an error"], ["rejects", "a rejection"]]) {
  test(`${what} that nobody catches gives the terminal back`, how, async ({ tmux, go }) => {
    await go();
    assertEquals(await tmux.finished(), 1);
    assertMatch(await tmux.screen(), /nobody catches this/);
  });
}

test("a second one is refused, and the first goes on", "opens another", async (given) => {
  const { tmux, go, folder } = given;
  await go();
  // It is refused at once: there is no prompt of it, and nothing on the screen.
  const told = await until(() => Deno.readTextFile(`${folder}/go.told`).catch(() => ""), {
    what: "what the second one is told",
  });
  assertMatch(told, /^TerminalInUseError: [^\n]+$/);
  await tmux.waitForModes(FULL);
  await tmux.type("\x10\x11");
  await tmux.waitFor(/reason: "detached"/);
  assertEquals(await tmux.finished(), 0);
});
