/** Pages whose connection is lost, and that come back or do not. */
import { assertEquals } from "@std/assert";
import { until } from "../harness/until.ts";
import { TerminalPage, testWithBrowser } from "./browser.ts";
import { box, Relay, WebTerminal } from "./server.ts";

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

testWithBrowser("web: nobody comes back", async (browser) => {
  await using target = await box();
  await using web = await WebTerminal.start("--grace", "1", target.name, "sh");
  const page = await TerminalPage.openToType(browser, web.typeUrl);
  await page.type("sleep 500 &\n");
  await until(async () => (await target.processes()).includes("sleep 500"), { what: "the sleep" });
  await page.page.close();
  await web.live.end();
  // Those that nobody waits for are in brackets.
  const left = (await target.processes()).filter((line) => !line.startsWith("["));
  assertEquals(left, ["cat"]);
});
