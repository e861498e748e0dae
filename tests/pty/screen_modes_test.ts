/** What a full-screen program switches on in the local terminal, and what becomes of it. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Relay } from "../engine/relay.ts";
import { type Container, container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { noTmux, tellingFlags, Tmux, UNTOUCHED } from "../harness/tmux.ts";

const detach = "\x10\x11";

/** All that tmux tells of is switched on; then something runs that takes none of it back. */
const SCRIPT = String
  .raw`printf '\033[?1049h\033[?25l\033[?1002;1006h\033[?2004h\033[?1h\033=\033[?7l\033[4hall on'`;

const ALL_ON = {
  alternate_on: "1",
  cursor_flag: "0",
  insert_flag: "1",
  keypad_cursor_flag: "1",
  keypad_flag: "1",
  mouse_any_flag: "1",
  mouse_sgr_flag: "1",
  origin_flag: "0",
  wrap_flag: "0",
};

/** While the size is not known, it would ask the terminal for it, and take a late answer for keys. */
const VI = `sh -c 'until stty size 2>/dev/null | grep -qv "^0 0"; do :; done; exec vi /etc/passwd'`;

interface Case {
  tmux: Tmux;
  box: Container;
}

/**
 * A test at a tmux of its own, with a container to come. After it the driver's modes and, at every
 * prompt, the flags of the terminal's descriptor have to be those from before.
 */
function test(name: string, fn: (given: Case) => Promise<void>): void {
  if (noTmux !== null) console.error(`SKIPPED pty: ${name}: ${noTmux}`);
  testWithEngine(`pty: ${name}`, async () => {
    const told = await Deno.makeTempFile({ prefix: "dockerpty-test-" });
    try {
      await using tmux = await Tmux.open({ env: { PS1: tellingFlags(told) } });
      await using box = containerToCome();
      const modes = await tmux.driverModes();
      await fn({ tmux, box });
      assertEquals(await tmux.driverModes(), modes, "the driver's modes are not those from before");
      const [before, ...after] = (await Deno.readTextFile(told)).trim().split("\n");
      assertMatch(before, /^\d+$/);
      assert(after.length > 0, "there was no prompt after it");
      assertEquals(
        after.filter((flags) => flags !== before),
        [],
        `the flags were ${before} before`,
      );
    } finally {
      await Deno.remove(told);
    }
  }, { limit: 180_000, ignore: noTmux !== null });
}

/** The words before a container's name. */
const run = (box: Container, flags = "") =>
  `dockerpty ${flags} run -it --network none --name ${box.name} busybox`;

test("detaching from vi leaves the screen from before, with what was on it", async (given) => {
  const { tmux, box } = given;
  await tmux.type("echo from before\r");
  await tmux.waitFor(/\nfrom before\n/);
  await tmux.type(`${run(box)} ${VI}\r`);
  await tmux.waitFor(/^root:[^]*\/etc\/passwd/);
  assertEquals(await tmux.modes(), { ...UNTOUCHED, alternate_on: "1" });
  await tmux.type(detach);
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
  assertMatch(await tmux.screen(), /\nfrom before\n/);
  assertEquals((await box.state()).Running, true);
});

test("all that a program has switched on is taken back when it is left", async ({ tmux, box }) => {
  await tmux.run(`${run(box)} sh -c "${SCRIPT}; exec sleep 60"`);
  await tmux.waitForModes(ALL_ON);
  await tmux.type(detach);
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

test("all that a command of an exec has switched on, too", async ({ tmux }) => {
  await using box = await container({ cmd: ["cat"], openStdin: true });
  await tmux.run(`dockerpty exec -it ${box.name} sh -c "${SCRIPT}; exec sleep 60"`);
  await tmux.waitForModes(ALL_ON);
  await tmux.type(detach);
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

test("all that a program has switched on is taken back when it is killed", async (given) => {
  const { tmux, box } = given;
  await tmux.run(`${run(box)} sh -c "${SCRIPT}; exec sleep 60"`);
  await tmux.waitForModes(ALL_ON);
  await box.kill();
  assertEquals(await tmux.finished(), 137);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

test("a program that takes it back itself is not meddled with", async ({ tmux, box }) => {
  await tmux.run(`${run(box)} ${VI}`);
  await tmux.waitForModes({ alternate_on: "1" });
  await tmux.type(":q\r");
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

test("all is taken back when the connection is lost", async ({ tmux, box }) => {
  await using relay = new Relay();
  await tmux.run(`${run(box, `-H ${relay.host}`)} sh -c "${SCRIPT}; exec sleep 60"`);
  await tmux.waitForModes(ALL_ON);
  relay.stop();
  assertEquals(await tmux.finished(), 125);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

test("with --reconnect, vi comes back to the screen that it had", async ({ tmux, box }) => {
  await using relay = new Relay();
  const line = run(box, `-H ${relay.host}`).replace(" run ", " run --reconnect ");
  await tmux.run(`${line} ${VI}`);
  await tmux.waitFor(/^root:[^]*\/etc\/passwd/);
  const before = relay.requests.filter((request) => request.includes("/attach")).length;
  relay.cut();
  await relay.passed(/\/attach/, before + 1);
  // What is typed now is vi's again.
  await tmux.type("Onew line\x1b");
  // Until vi takes commands again, it would take the next key for one with Alt.
  await tmux.waitFor(/^new line\nroot:[^]*\n- \/etc\/passwd \[Modified\]/);
  await tmux.waitForModes({ alternate_on: "1" });
  await tmux.type(":q!\r");
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
});

for (const [signal, code] of [["TERM", 143], ["INT", 130], ["HUP", 129], ["QUIT", 131]] as const) {
  test(`all is taken back when SIG${signal} ends the command`, async ({ tmux, box }) => {
    const line = run(box).replace(" run ", " run --sig-proxy=false ");
    await tmux.run(`${line} sh -c "${SCRIPT}; exec sleep 60"`);
    await tmux.waitForModes(ALL_ON);
    Deno.kill(await tmux.foreground(), `SIG${signal}`);
    assertEquals(await tmux.finished(), code);
    assertEquals(await tmux.modes(), UNTOUCHED);
    assertEquals((await box.state()).Running, true);
  });
}

test("stopped by job control, vi leaves the screen, and has it again by fg", async (given) => {
  const { tmux, box } = given;
  const modes = await tmux.driverModes();
  await tmux.run(`${run(box)} ${VI}`);
  await tmux.waitFor(/^root:[^]*\/etc\/passwd/);
  for (let time = 1; time <= 2; time++) {
    Deno.kill(await tmux.foreground(), "SIGTSTP");
    assertNotEquals(await tmux.finished(), 0);
    assertEquals([await tmux.modes(), await tmux.driverModes()], [UNTOUCHED, modes]);
    await tmux.type("clear; echo the shell reads\r");
    await tmux.waitFor(/^the shell reads\n/);
    await tmux.type("fg\r");
    await tmux.waitFor(/^root:[^]*\/etc\/passwd/);
    await tmux.waitForModes({ ...UNTOUCHED, alternate_on: "1" });
  }
  await tmux.type(":q\r");
  assertEquals(await tmux.finished(), 0);
  assertEquals(await tmux.modes(), UNTOUCHED);
});
