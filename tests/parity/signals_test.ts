/** Signals to the client: what they do to the process, the client and the container. */
import { assertEquals } from "@std/assert";
import { until } from "../harness/until.ts";
import { exited, left, running } from "./observe.ts";
import { type Expectation, parity } from "./scenario.ts";
import type { Live } from "./live.ts";
import type { Container } from "../harness/engine.ts";
import type { Side } from "./side.ts";
import { attach, exec, run, start, ticking, type Way } from "./ways.ts";

/** Starts a client on pipes whose process says at once which signal has come. */
async function trapping(
  side: Side,
  way: Way,
  flags: string[] = [],
): Promise<{ box: Container; live: Live }> {
  const traps = ["TERM", "INT", "HUP", "USR1", "USR2", "QUIT"].map((name, index) =>
    `trap 'echo got ${name}; exit ${40 + index}' ${name}`
  ).join("; ");
  const script = `trap 'echo got WINCH' WINCH; ${traps}; ${ticking("exit 9")}`;
  const { box, args } = await way.prepare(side, script, { flags, own: true });
  const live = side.live(args);
  await live.waitFor("tick");
  return { box, live };
}

/** What was said beside the ticks. */
const said = (stdout: string) => stdout.split("\n").filter((line) => !/^(tick)?$/.test(line));

const codes = { TERM: 40, INT: 41, HUP: 42, USR1: 43, USR2: 44, QUIT: 45 };

for (const [name, code] of Object.entries(codes)) {
  parity(`run: SIG${name} to the client reaches the process`, {
    both: { code, signal: null, said: [`got ${name}`], stderr: "", box: exited(code) },
  }, async (side) => {
    const { box, live } = await trapping(side, run);
    live.kill(`SIG${name}` as Deno.Signal);
    const { code, signal, stdout, stderr } = await live.end();
    return { code, signal, said: said(stdout), stderr, box: await left(box) };
  });
}

for (const name of ["TERM", "INT"] as const) {
  parity(`attach: SIG${name} to the client reaches the process`, {
    both: { code: codes[name], said: [`got ${name}`], box: exited(codes[name]) },
  }, async (side) => {
    const { box, live } = await trapping(side, attach);
    live.kill(`SIG${name}`);
    const { code, stdout } = await live.end();
    return { code, said: said(stdout), box: await left(box) };
  });

  parity(`start -a: SIG${name} to the client reaches the process`, {
    differs: {
      why: "the process's last words and its code; docker's client is gone before",
      thread: "-",
      docker: { its: false, said: [] },
      dockerpty: { its: true, said: [`got ${name}`] },
    },
  }, async (side) => {
    const { live } = await trapping(side, start);
    live.kill(`SIG${name}`);
    const { code, stdout } = await live.end();
    return { its: code === codes[name], said: said(stdout) };
  });
}

for (const way of [run, attach, start]) {
  parity(`${way.verb}: SIGWINCH to the client is not the process's`, {
    both: { code: 43, box: exited(43) },
    differs: {
      why: "some servers take the signal for an order to stop",
      thread: "moby#40871",
      docker: { said: ["got WINCH", "got USR1"] },
      dockerpty: { said: ["got USR1"] },
    },
  }, async (side) => {
    const { box, live } = await trapping(side, way);
    live.kill("SIGWINCH");
    if (side.client === "docker") await live.waitFor("got WINCH");
    live.kill("SIGUSR1");
    const { code, stdout } = await live.end();
    return { code, said: said(stdout), box: await left(box) };
  });
}

for (const way of [run, attach]) {
  for (const [name, code] of [["TERM", 143], ["INT", 130]] as const) {
    parity(`${way.verb} --sig-proxy=false: SIG${name} is not the process's`, {
      both: { said: [] },
      differs: {
        why: "the client can be ended; docker's takes three signals for that",
        thread: "moby#2855",
        docker: { ends: "with the process", code: 9, signal: null },
        dockerpty: { ends: "at once", code, signal: `SIG${name}` },
      },
    }, async (side) => {
      const { box, live } = await trapping(side, way, ["--sig-proxy=false"]);
      const before = live.bytes().length;
      live.kill(`SIG${name}`);
      const atOnce = live.end();
      const ends = await Promise.race([
        atOnce.then(() => "at once"),
        live.waitFor(before + 60).then(() => "with the process", () => "at once"),
      ]);
      await box.exec(["touch", "/tmp/go"]);
      const { code, signal, stdout } = await atOnce;
      return { ends, code, signal, said: said(stdout) };
    });
  }
}

for (const way of [run, exec]) {
  parity(`${way.verb}: SIGKILL to the client leaves the process running`, {
    both: { code: 137, signal: "SIGKILL", box: running, runs: true },
  }, async (side) => {
    const { box, live } = await trapping(side, way);
    live.kill("SIGKILL");
    const { code, signal } = await live.end();
    const processes = await box.processes();
    return {
      code,
      signal,
      box: await left(box),
      runs: processes.some((args) => /tick/.test(args)),
    };
  });
}

parity("run: a signal that the process ignores leaves both running", {
  both: { code: 43, said: ["got USR1"], box: exited(43) },
}, async (side) => {
  const script = `trap '' TERM; trap 'echo got USR1; exit 43' USR1; ${ticking("exit 9")}`;
  const { box, args } = await run.prepare(side, script);
  const live = side.live(args);
  await live.waitFor("tick");
  live.kill("SIGTERM");
  live.kill("SIGUSR1");
  const { code, stdout } = await live.end();
  return { code, said: said(stdout), box: await left(box) };
});

/** docker's client leaves what it had started behind, mostly with the code of a success. */
const orphans = (name: keyof typeof codes): Expectation => ({
  both: { box: running },
  differs: {
    why: "whoever ends the client means the command",
    thread: "docker/cli#2607",
    docker: { code: name === "HUP" ? 129 : 0, left: true, said: [] },
    dockerpty: { code: codes[name], left: false, said: [`got ${name}`] },
  },
});

for (const name of ["TERM", "INT", "HUP"] as const) {
  parity(`exec: SIG${name} to the client reaches the process`, orphans(name), async (side) => {
    const script = `trap 'echo got ${name}; exit ${codes[name]}' ${name}; ${ticking("exit 9")}`;
    const { box, args } = await exec.prepare(side, script, { own: true });
    const live = side.live(args);
    await live.waitFor("tick");
    live.kill(`SIG${name}`);
    const { code, stdout } = await live.end();
    return { code, said: said(stdout), left: await remaining(box), box: await left(box) };
  });
}

parity("exec: SIGTERM to the client ends a process that has no trap, and its children", {
  both: { signal: null, box: running },
  differs: {
    why: "nothing is left behind, whatever the command had started",
    thread: "docker/cli#5309",
    docker: { code: 0, children: true },
    dockerpty: { code: 143, children: false },
  },
}, async (side) => {
  const { box, args } = await exec.prepare(side, "sleep 61 & echo ready; sleep 62", { own: true });
  const live = side.live(args);
  await live.waitFor("ready");
  live.kill("SIGTERM");
  const { code, signal } = await live.end();
  return { code, signal, children: await remaining(box), box: await left(box) };
});

parity("exec: SIGTERM, without passing it on: docker's way", {
  both: { left: true },
  differs: {
    why: "a client that was ended is no success",
    thread: "docker/cli#2607",
    docker: { code: 0, signal: null },
    dockerpty: { code: 143, signal: "SIGTERM" },
  },
}, async (side) => {
  // docker's exec has no such flag, because it passes nothing on.
  const flags = side.client === "docker" ? [] : ["--sig-proxy=false"];
  const { box, args } = await exec.prepare(side, "echo ready; exec sleep 62", { flags, own: true });
  const live = side.live(args);
  await live.waitFor("ready");
  live.kill("SIGTERM");
  const { code, signal } = await live.end();
  return { code, signal, left: await remaining(box) };
});

/** Whether something runs in it beside its first process. What was ended takes a moment to go. */
async function remaining(box: Container): Promise<boolean> {
  const alone = async () => {
    // A dead child, in brackets, stays for a first process that does not care for it.
    const alive = (await box.processes()).filter((args) => !args.startsWith("["));
    assertEquals(alive[0], "cat");
    return alive.length === 1;
  };
  return await until(alone, { what: "the end", timeout: 700 }).then(() => false, () => true);
}
