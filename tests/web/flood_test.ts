/** More output than a page can show at once. */
import { assert, assertEquals } from "@std/assert";
import { until } from "../harness/until.ts";
import { TerminalPage, testWithBrowser } from "./browser.ts";
import { box, WebTerminal } from "./server.ts";

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
    const page = await TerminalPage.openToType(browser, web.typeUrl);
    const last = 100_000_000;
    await page.type(`clear; seq 1 ${last} | cat\n`);
    await page.waitFor(/^\d{4,}$/m);
    await page.page.keyboard.press("Control+c");
    // Of what was under way then, the terminal may have dropped some, or shown it behind the key.
    await page.waitFor(/\/ # *$/);
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
  const page = await TerminalPage.openToType(browser, web.typeUrl);
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
