import { assertEquals } from "@std/assert";
import { Kept, present, type PresentOptions, presentWith } from "../../../src/terminal/present.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeSession } from "../../fakes/session.ts";
import { FakeTerminal } from "../../fakes/terminal.ts";
import { turns } from "../../fakes/turns.ts";

const SCREEN = "\x1b[?1049h\x1b[?25l";

/** Presents a fake session, in which a program fills the screen. */
async function open(options: PresentOptions = {}) {
  const clock = new FakeClock();
  const terminal = new FakeTerminal();
  const session = new FakeSession();
  const presented = present(session, { terminal, timers: clock, ...options });
  presented.catch(() => {});
  await turns();
  await session.write(SCREEN);
  terminal.events.length = 0;
  return { clock, terminal, session, presented };
}

for (const signalProxy of [true, false]) {
  const name = `SIGTSTP gives the terminal back, and SIGCONT takes it again (${signalProxy})`;
  Deno.test(name, async () => {
    const { terminal, session, presented, clock } = await open({ signalProxy });
    for (let time = 1; time <= 2; time++) {
      terminal.written.stdout = "";
      terminal.signal("SIGTSTP");
      await turns();
      assertEquals(terminal.events, ["restored", "die SIGTSTP"]);
      assertEquals(terminal.written.stdout, "\x1b[?1049l\x1b[?25h");
      // By default the next one would stop it.
      assertEquals(terminal.signals.includes("SIGTSTP"), false);
      terminal.events.length = 0;
      session.sizes.length = 0;
      terminal.signal("SIGCONT");
      await turns();
      clock.advance(10);
      await turns();
      assertEquals(terminal.events, ["raw"]);
      assertEquals(terminal.written.stdout, `\x1b[?1049l\x1b[?25h${SCREEN}`);
      assertEquals(session.sizes, [{ rows: 25, columns: 81 }, { rows: 24, columns: 80 }]);
      terminal.events.length = 0;
    }
    terminal.type("typed");
    await turns();
    assertEquals([session.sent, session.signals], [["typed"], []]);
    session.exit(0);
    await presented;
    assertEquals(terminal.events, ["input closed", "restored"]);
    assertEquals(terminal.signals, []);
  });
}

Deno.test("in the background it stops again, and does not touch the terminal", async () => {
  const { terminal, session, presented, clock } = await open();
  terminal.signal("SIGTSTP");
  await turns();
  terminal.inFront = false;
  for (let time = 1; time <= 2; time++) {
    terminal.events.length = 0;
    terminal.signal("SIGCONT");
    await turns();
    assertEquals(terminal.events, [], "a signal that has come along is heard first");
    clock.advance(50);
    await turns();
    assertEquals(terminal.events, ["die SIGTSTP"]);
    assertEquals(terminal.signals.includes("SIGTSTP"), false);
  }
  terminal.inFront = true;
  terminal.events.length = 0;
  terminal.signal("SIGCONT");
  await turns();
  assertEquals(terminal.events, ["raw"]);
  session.exit(0);
  await presented;
});

Deno.test("output of while it is stopped comes after the screen", async () => {
  const { terminal, session, presented } = await open();
  terminal.signal("SIGTSTP");
  await turns();
  const written = session.write("late");
  await turns();
  assertEquals(terminal.written.stdout.endsWith("late"), false);
  terminal.signal("SIGCONT");
  await written;
  assertEquals(terminal.written.stdout.endsWith(`${SCREEN}late`), true);
  session.exit(0);
  await presented;
});

Deno.test("a process that did not stop goes on by itself", async () => {
  const { clock, terminal, session, presented } = await open();
  terminal.signal("SIGTSTP");
  await turns();
  clock.advance(100);
  await turns();
  assertEquals(terminal.events, ["restored", "die SIGTSTP", "raw"]);
  assertEquals(terminal.signals.includes("SIGTSTP"), true);
  session.exit(0);
  await presented;
});

Deno.test("after a SIGSTOP, which nobody hears of, the terminal is made raw again", async () => {
  const { terminal, session, presented } = await open();
  terminal.signal("SIGCONT");
  await turns();
  assertEquals(terminal.written.stdout, SCREEN + SCREEN);
  session.exit(0);
  await presented;
  assertEquals(terminal.written.stdout.endsWith("\x1b[?1049l\x1b[?25h"), true);
});

Deno.test("SIGCONT that comes before the stop keeps the process from stopping", async () => {
  const { terminal, session, presented } = await open();
  terminal.signal("SIGTSTP");
  terminal.signal("SIGCONT");
  await turns();
  assertEquals(terminal.events, ["restored", "raw"]);
  session.exit(0);
  await presented;
});

Deno.test("a session that ends while it is stopped leaves the terminal alone", async () => {
  const { clock, terminal, session, presented } = await open();
  terminal.signal("SIGTSTP");
  await turns();
  session.endOutput();
  await turns();
  terminal.signal("SIGCONT");
  clock.advance(1000);
  await turns();
  assertEquals(terminal.events, ["restored", "die SIGTSTP", "input closed"]);
  session.exit(0);
  await presented;
  assertEquals([terminal.events.length, terminal.signals], [3, []]);
});

Deno.test("without raw mode job control is the process's own", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession({ tty: false })];
  const presented = present(session, { terminal, timers: new FakeClock() });
  await turns();
  terminal.signal("SIGTSTP");
  terminal.signal("SIGCONT");
  assertEquals(session.signals, ["SIGTSTP", "SIGCONT"]);
  session.exit(0);
  await presented;
});

Deno.test("an exec without raw mode is stopped here, and not in the container", async () => {
  const [terminal, session] = [new FakeTerminal(), new FakeSession({ tty: false })];
  const options = { terminal, timers: new FakeClock(), stopsHere: true };
  const presented = presentWith(session, options, new Kept());
  await turns();
  terminal.signal("SIGTSTP");
  terminal.signal("SIGCONT");
  terminal.signal("SIGUSR1");
  await turns();
  assertEquals(session.signals, ["SIGUSR1"]);
  session.exit(0);
  await presented;
});
