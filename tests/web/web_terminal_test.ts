/** The example of a terminal in the browser, in a real one. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { Container } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { TerminalPage, testWithBrowser } from "./browser.ts";
import { box, WebTerminal } from "./server.ts";

testWithBrowser("web: typed at, resized, and ended", async (browser) => {
  await using web = await WebTerminal.start("--run", "busybox", "sh");
  const page = await TerminalPage.openToType(browser, web.typeUrl);
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

testWithBrowser("web: reloaded, watched, and handed over", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const first = await TerminalPage.openToType(browser, web.typeUrl);
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

testWithBrowser("web: a window that is larger than terminals may be", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start(target.name);
  const page = await TerminalPage.openToType(browser, web.typeUrl);
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
