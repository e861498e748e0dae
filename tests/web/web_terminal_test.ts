/** The example of a terminal in the browser, in a real one. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Container } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { TerminalPage, testWithBrowser } from "./browser.ts";
import { box, Relay, WebTerminal } from "./server.ts";

testWithBrowser("web: typed at, resized, and ended", async (browser) => {
  await using web = await WebTerminal.start("--run", "busybox", "sh");
  const page = await TerminalPage.open(browser, web.typeUrl);
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  await page.type("echo $((6 * 7)) é; hostname\n");
  await page.waitFor(/^42 é\n[0-9a-f]{12}$/m);
  const id = (await page.lines()).find((line) => /^[0-9a-f]{12}$/.test(line))!;
  await using ran = new Container(id);

  const small = await page.size();
  await page.type("clear; stty size\n");
  await page.waitFor(`${small.join(" ")}\n`);
  await page.page.setViewportSize({ width: 1100, height: 700 });
  await until(async () => (await page.size())[0] > small[0], { what: "a larger terminal" });
  const large = await page.size();
  assertNotEquals(large, small);
  await page.type("clear; stty size\n");
  await page.waitFor(`${large.join(" ")}\n`);

  // More than is taken at once: it waits in the page.
  await page.type("stty raw -echo; echo rea''dy; head -c 300000 | wc -c; stty sane\n");
  await page.waitFor(/^ready/m);
  await page.input("x".repeat(300_000));
  await page.waitFor(/^ *300000$/m);

  await page.type("exit 7\n");
  await page.waitForState("Ended with code 7.");
  assertEquals((await web.live.end()).code, 7);
  await ran.removed();
  assertEquals(page.errors, []);
});

testWithBrowser("web: a full-screen program, then a flood", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  // Without its last slash the address leads there, too.
  const page = await TerminalPage.open(browser, web.typeUrl.slice(0, -1));
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  await page.type("top\n");
  await page.waitFor(/^Mem: .*\n(.*\n)* +PID +PPID USER.*\n(.*\n)* *\d+ .* top/);
  await page.type("q");
  await page.waitFor(/\/ # *$/);

  // One who watches and does not keep up holds nobody up, and misses some.
  const slow = await TerminalPage.open(browser, web.watchUrl);
  await slow.waitFor(/\/ # *$/);
  const goOn = await slow.standStill();

  const before = web.memory();
  let most = before;
  const watch = setInterval(() => most = Math.max(most, web.memory()), 20);
  try {
    await page.type("clear; seq 1 300000 | cat\n");
    await page.waitFor(/^299999\n300000\n\/ #/m, 20_000);
  } finally {
    clearInterval(watch);
  }
  await goOn();
  await slow.waitFor(/^299999\n300000\n\/ #/m);
  assertEquals(await slow.lines(), await page.lines());
  assert(most - before < 80, `the server grew from ${before} to ${most} MiB`);
  assertEquals(page.errors, []);
});

testWithBrowser(
  "web: a page that shows a flood takes keys, and one of them ends it",
  async (browser) => {
    await using target = await box();
    await using web = await WebTerminal.start(target.name);
    const page = await TerminalPage.open(browser, web.typeUrl);
    await page.waitForState("Typing");
    await page.waitFor("/ #");
    const last = 100_000_000;
    await page.type(`clear; seq 1 ${last} | cat\n`);
    await page.waitFor(/^\d{4,}$/m);
    await page.page.keyboard.press("Control+c");
    await page.waitFor(/^\d{4,}\n\^C\n\/ #/m);
    // All of it would have taken minutes.
    assert(!(await page.lines()).includes(`${last}`));
    await page.type("clear; echo $((6 * 7))\n");
    await page.waitFor(/^42\n\/ #/);
    assertEquals(page.errors, []);
  },
);

testWithBrowser("web: a page that stands still holds the process up", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const page = await TerminalPage.open(browser, web.typeUrl);
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  const before = web.memory();
  await page.type(
    "seq 1 20000 >/tmp/f; for i in $(seq 40); do cat /tmp/f; echo $i >/tmp/i; done; ",
  );
  await page.type("echo all of it\n");
  const goOn = await page.standStill();
  let rounds = 0;
  await until(async () => {
    const before = rounds;
    rounds = Number((await target.exec(["cat", "/tmp/i"])).stdout);
    return rounds > 0 && rounds === before;
  }, { what: "the process to wait", timeout: 60_000, interval: 600 });
  const after = web.memory();
  await goOn();
  assert(rounds < 40, "it waits for nothing, it has ended");
  assert(after - before < 60, `the server grew from ${before} to ${after} MiB`);
  await page.waitFor(/^all of it\n/m, 20_000);
});

testWithBrowser("web: reloaded, watched, and handed over", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const first = await TerminalPage.open(browser, web.typeUrl);
  await first.waitForState("Typing");
  await first.waitFor("/ #");
  await first.type("X=kept; clear; printf '\\033[32mgreen\\033[0m\\n'\n");
  await first.waitFor(/^green\n\/ #/);
  const screen = await first.lines();

  await first.page.reload();
  await first.waitForState("Typing");
  await first.waitFor(/^green\n\/ #/);
  assertEquals(await first.lines(), screen);
  await first.type("echo $X\n");
  await first.waitFor(/\nkept\n\/ # *$/);

  const watching = await TerminalPage.open(browser, web.watchUrl);
  await watching.waitForState("Watching");
  await watching.waitFor(/\nkept\n\/ # *$/);
  assertEquals(await watching.lines(), await first.lines());
  assertEquals(await watching.size(), await first.size());
  assertEquals(await watching.page.isVisible("#take"), false);
  await watching.page.click("#terminal");
  await watching.type("echo intruder\n");
  // Nor may it where it does not ask its own page.
  await watching.page.evaluate(async () => {
    const socket = new WebSocket(
      `${location.href.replace("http", "ws")}session?seat=intruder&page=intruder`,
    );
    await new Promise((resolve) => socket.onopen = resolve);
    socket.send('{"take":true}');
    socket.send(new TextEncoder().encode("echo intruder\n"));
    await new Promise((resolve) => socket.onclose = resolve);
  });
  await first.page.setViewportSize({ width: 700, height: 400 });
  await first.type("clear; echo mine\n");
  await first.waitFor(/^mine\n\/ #/);
  await watching.waitFor(/^mine\n\/ #/);
  assertEquals(await watching.lines(), await first.lines());
  assertEquals(await watching.size(), await first.size());

  const second = await TerminalPage.open(browser, web.typeUrl);
  await second.waitForState("Watching");
  await second.page.click("#take");
  await second.waitForState("Typing");
  await first.waitForState("Watching");
  await second.type("clear; echo $X by another\n");
  await first.waitFor(/^kept by another\n/);
  assertEquals([first, watching, second].flatMap(({ errors }) => errors), []);
});

testWithBrowser("web: a lost connection is opened again", async (browser) => {
  await using target = await box();
  await using relay = new Relay();
  await using web = await WebTerminal.start("--origin", relay.origin, target.name);
  relay.open(web.port);
  const page = await TerminalPage.open(browser, relay.origin + new URL(web.typeUrl).pathname);
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  await page.type("X=kept; clear; echo go''ing; (sleep 1; echo mean''while) &\n");
  await page.waitFor(/^going/m); // all of it has been typed
  relay.cut();
  await page.waitForState("Connection lost; trying again…");
  relay.heal();
  await page.waitForState("Typing");
  await page.waitFor("meanwhile");
  await page.type("echo $X\n");
  await page.waitFor("\nkept\n");

  // What is typed just then is not lost, and does not come twice.
  for (const round of [1, 2]) {
    await page.type(`clear; echo $X $((${round} `);
    await page.waitFor(`echo $X $((${round}`);
    relay.lost = 0;
    relay.loses = true;
    await page.type("+ 1");
    await until(() => relay.lost > 0, { what: "what is typed to be lost" });
    relay.cut();
    await page.waitForState("Connection lost; trying again…");
    await page.type("0))\n");
    relay.heal();
    await page.waitForState("Typing");
    await page.waitFor(new RegExp(`^kept ${round + 10}$`, "m"));
  }
  assertEquals(page.errors.filter((error) => !error.includes("WebSocket")), []);
});

testWithBrowser("web: what is typed while all are away is the typist's", async (browser) => {
  await using target = await box();
  await using relay = new Relay();
  await using web = await WebTerminal.start("--origin", relay.origin, target.name);
  relay.open(web.port);
  const address = relay.origin + new URL(web.typeUrl).pathname;
  const typist = await TerminalPage.open(browser, address);
  await typist.waitForState("Typing");
  await typist.waitFor("/ #");
  const other = await TerminalPage.open(browser, address);
  await other.waitForState("Watching");
  const lost = "Connection lost; trying again…";
  relay.cut();
  await Promise.all([typist.waitForState(lost), other.waitForState(lost)]);
  await typist.input("clear; echo $((6 * 7))\r");
  // The other one is back first.
  await typist.page.context().setOffline(true);
  relay.heal();
  await other.waitForState("Watching");
  await typist.page.context().setOffline(false);
  await typist.waitForState("Typing");
  await other.waitFor(/^42\n\/ #/);

  // Who takes it meanwhile has it; and what was typed is not lost without a word.
  relay.cut();
  await Promise.all([typist.waitForState(lost), other.waitForState(lost)]);
  await typist.input("echo late\r");
  await typist.page.context().setOffline(true);
  relay.heal();
  await other.waitForState("Watching");
  await other.page.click("#take");
  await other.waitForState("Typing");
  await typist.page.context().setOffline(false);
  await typist.waitForState("Watching; what you typed last came too late.");
  await typist.page.click("#take");
  await typist.waitForState("Typing");
  await other.waitForState("Watching");
});

testWithBrowser(
  "web: a duplicated tab takes the place, and the first one may come back",
  async (browser) => {
    await using target = await box();
    await using web = await WebTerminal.start(target.name);
    const first = await TerminalPage.open(browser, web.typeUrl);
    await first.waitForState("Typing");
    assertEquals(await first.page.isVisible("#return"), false);
    const opened = first.page.waitForEvent("popup");
    // It gets what the session storage holds, as a duplicate does.
    await first.page.evaluate("void open(location.href)");
    const duplicate = await opened;
    const stateOf = (page: typeof duplicate, state: string) =>
      until(async () => await page.textContent("#state") === state, { what: state });
    await stateOf(duplicate, "Typing");
    await first.waitForState("Opened in another window.");
    await first.page.click("#return");
    await first.waitForState("Watching");
    await stateOf(duplicate, "Typing");
    await first.page.click("#take");
    await first.waitForState("Typing");
    await stateOf(duplicate, "Watching");
  },
);

testWithBrowser("web: a page that comes back to another session", async (browser) => {
  await using target = await box();
  await using relay = new Relay();
  await using web = await WebTerminal.start("--origin", relay.origin, target.name);
  relay.open(web.port);
  const page = await TerminalPage.open(browser, relay.origin + new URL(web.typeUrl).pathname);
  await page.waitForState("Typing");
  relay.cut();
  await page.waitForState("Connection lost; trying again…");
  web.live.kill("SIGTERM");
  await web.live.end();
  await using another = await WebTerminal.start(
    `--port=${web.port}`,
    "--origin",
    relay.origin,
    target.name,
  );
  assertEquals(another.port, web.port);
  relay.heal();
  await page.waitForState("The session has ended.");
});

testWithBrowser("web: a window that is larger than terminals may be", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const page = await TerminalPage.open(browser, web.typeUrl);
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  await page.page.setViewportSize({ width: 5120, height: 300 });
  await until(async () => (await page.size())[1] === 500, { what: "500 columns" });
  const [rows] = await page.size();
  await page.type("clear; stty size\n");
  await page.waitFor(`${rows} 500\n`);
  await page.page.setViewportSize({ width: 300, height: 4000 });
  await until(async () => (await page.size())[0] === 200, { what: "200 rows" });
  const [, columns] = await page.size();
  await page.type("clear; stty size\n");
  await page.waitFor(`200 ${columns}\n`);
});

testWithBrowser("web: nobody comes back", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start("--grace", "1", target.name, "sh");
  const page = await TerminalPage.open(browser, web.typeUrl);
  await page.waitForState("Typing");
  await page.waitFor("/ #");
  await page.type("sleep 500 &\n");
  await until(async () => (await target.processes()).includes("sleep 500"), { what: "the sleep" });
  await page.page.close();
  await web.live.end();
  // Those that nobody waits for are in brackets.
  const left = (await target.processes()).filter((line) => !line.startsWith("["));
  assertEquals(left, ["cat"]);
});
