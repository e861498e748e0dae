/** What happens to the container while, or before, a client is joined to it. */
import { assertEquals } from "@std/assert";
import { Client } from "@dockerpty/dockerpty";
import { underTest } from "../harness/command.ts";
import { type Container, container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { deadline, until } from "../harness/until.ts";
import { atTerminal, bytewise, intact, join } from "./at_terminal.ts";
import { complaint, type ErrorClass } from "./errors.ts";
import type { Live } from "./live.ts";
import { exited, left, running, stopped } from "./observe.ts";
import { parity } from "./scenario.ts";
import type { Side } from "./side.ts";
import { attach, exec, ready, run, start, ticking, type Way, ways } from "./ways.ts";

/** A client whose process writes again and again until the file /tmp/go is there. */
async function joined(side: Side, way: Way, rest = "exit 9") {
  const { box, args } = await way.prepare(side, ticking(rest), { own: true });
  const live = side.live(args);
  await live.waitFor("tick");
  return { box, live };
}

for (const way of ways) {
  parity(`${way.verb}: the container is removed under it`, {
    on: { podman: { inapplicable: "docker's CLI may find nothing left to ask for the code" } },
    both: { code: 137, box: { status: "removed" } },
  }, async (side) => {
    const { box, live } = await joined(side, way);
    await box[Symbol.asyncDispose]();
    const { code } = await live.end();
    return { code, box: await left(box) };
  });

  parity(`${way.verb}: the container is renamed under it`, {
    both: { code: 9 },
  }, async (side) => {
    const { box, live } = await joined(side, way);
    const renamed = side.toCome(`${box.name}-renamed`);
    await box.rename(renamed.name);
    await renamed.exec(["touch", "/tmp/go"]);
    const { code } = await live.end();
    return { code };
  });

  parity(`${way.verb}: the container is paused and unpaused under it`, {
    both: { code: 9, stderr: "", paused: "silent, and the client runs on" },
  }, async (side) => {
    const { box, live } = await joined(side, way);
    await pause(side, box);
    const paused = await silence(live);
    await box.unpause();
    const before = live.bytes().length;
    await live.waitFor(before + 10);
    await box.exec(["touch", "/tmp/go"]);
    const { code, stderr } = await live.end();
    return { code, stderr, paused };
  });

  parity(`${way.verb} -it: the detach keys, while the container is paused`, {
    both: { box: { status: "paused", code: 0 }, after: running, ...intact },
    differs: {
      why: "leaving on purpose is no failure",
      thread: "d11wtq/dockerpty#63",
      docker: { code: way === run || way === start ? 0 : 1 },
      dockerpty: { code: 0 },
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const script = bytewise("for i in $(seq 400); do sleep 0.05; done");
      const box = await join(shell, side, way, script, { own: true });
      await pause(side, box);
      shell.type("\x10\x11");
      const code = await shell.finished();
      const during = await left(box);
      await box.unpause();
      return { code, box: during, after: await left(box) };
    }));

  testWithEngine(`library: ${way.verb}: detach(), while the container is paused`, async () => {
    const client = new Client();
    const cmd = ["sh", "-c", "for i in $(seq 2000); do echo tick; sleep 0.05; done"];
    const made = way === run ? containerToCome() : await container(
      way === exec ? { cmd: ["cat"], openStdin: true } : { cmd, start: way !== start },
    );
    await using box = made;
    await using session = await {
      run: () => client.run("busybox", cmd, { network, name: box.name }),
      start: () => client.start(box.name),
      attach: () => client.attach(box.name),
      exec: () => client.exec(box.name, cmd),
    }[way.verb]();
    const reader = session.stdout.getReader();
    await reader.read();
    await box.pause();
    try {
      // Both are asked for before: neither the end nor the output may wait for the process.
      const { status } = session;
      const rest = (async () => {
        while (!(await reader.read()).done);
      })();
      session.detach();
      assertEquals(await deadline(status, 20_000, "the session's end"), { reason: "detached" });
      await deadline(rest, 20_000, "the output's end");
      assertEquals((await box.state()).Paused, true);
    } finally {
      await box.unpause();
    }
    // The process goes on for whoever comes next.
    if (way === exec) return;
    await using next = await client.attach(box.name);
    const { value } = await deadline(next.stdout.getReader().read(), 20_000, "more output");
    assertEquals(new TextDecoder().decode(value).includes("tick"), true);
  }, { ignore: underTest === "docker" });
}

/** Pauses a container until the scenario is over: by force, it is removed only when it runs. */
async function pause(side: Side, box: Container): Promise<void> {
  await box.pause();
  side.defer(() => box.unpause().catch(() => {}));
}

/** What is seen of a client while its process is paused: several looks at its output, and one at it. */
async function silence(live: Live): Promise<string> {
  let ended = false;
  live.child.status.then(() => ended = true);
  let last = -1;
  let looks = 0;
  await until(() => {
    const { length } = live.bytes();
    looks = length === last ? looks + 1 : 0;
    last = length;
    return ended || looks === 10;
  }, { what: "the output to stop", interval: 30 });
  return ended ? "the client has ended" : "silent, and the client runs on";
}

for (const way of [run, attach]) {
  parity(`${way.verb}: the container is stopped, and says its last words`, {
    both: { code: 43, last: "bye", box: exited(43) },
  }, async (side) => {
    const script = `trap 'echo bye; exit 43' TERM; ${ticking("exit 9")}`;
    const { box, args } = await way.prepare(side, script);
    const live = side.live(args);
    await live.waitFor("tick");
    await box.kill("TERM");
    const { code, stdout } = await live.end();
    return { code, last: stdout.trim().split("\n").at(-1), box: await left(box) };
  });
}

/** A container in a state in which a verb does not find what it needs. */
const states: Record<string, (side: Side) => Promise<string>> = {
  created: async (side) => (await side.container({ cmd: ["true"], start: false })).name,
  stopped: async (side) => {
    const box = await side.container({ cmd: ["true"] });
    await box.stopped();
    return box.name;
  },
  paused: async (side) => {
    const box = await side.idle();
    await pause(side, box);
    return box.name;
  },
};

for (const [state, prepare] of Object.entries(states)) {
  const refusals: [name: string, before: string[], after: string[], kind: ErrorClass][] = [
    ["attach", ["attach"], [], "container not attachable"],
    ["exec", ["exec"], ["true"], "refused by the engine"],
  ];
  if (state === "paused") {
    refusals.push(["start", ["start"], [], "not started"]);
    refusals.push(["start -a", ["start", "-a"], [], "attach refused"]);
  }
  for (const [name, before, after, kind] of refusals) {
    parity(`${name}: a container that is ${state}`, {
      both: { code: 1, stdout: "" },
    }, async (side) => {
      const { code, stdout, stderr } = await side.run([...before, await prepare(side), ...after]);
      return { code, stdout, complaint: complaint(side.client, kind, stderr) };
    });
  }
}

parity("attach: a container that is restarting", {
  on: { podman: { inapplicable: "it knows no such state" } },
  both: { code: 1, stdout: "" },
  limit: 150_000,
}, async (side) => {
  const box = await side.container({
    cmd: ["false"],
    hostConfig: { RestartPolicy: { Name: "always" } },
  });
  const pause = async () => {
    const { State, RestartCount } = await box.inspect();
    return State.Restarting && RestartCount;
  };
  // Each pause between its restarts is longer than the one before: in one of them there is time.
  for (let before = 0;;) {
    const now = await until(async () => (await pause() || 0) > before && await pause(), {
      what: "a pause between two restarts",
      timeout: 60_000,
    });
    const { code, stdout, stderr } = await side.run(["attach", box.name], { timeout: 60_000 });
    before = now;
    if (await pause() !== now) continue;
    return { code, stdout, complaint: complaint(side.client, "container not attachable", stderr) };
  }
});

parity("attach: a restart policy, the first end is the client's", {
  on: { podman: { inapplicable: "its wait tells nothing of an end that a restart follows" } },
  both: { code: 9, last: "over" },
}, async (side) => {
  const box = await side.container({
    cmd: [
      "sh",
      "-c",
      `[ -e /tmp/again ] && sleep 60; touch /tmp/again; ${ticking("echo over; exit 9")}`,
    ],
    hostConfig: { RestartPolicy: { Name: "on-failure" } },
  });
  const live = side.live(["attach", box.name]);
  await live.waitFor("tick");
  await box.exec(["touch", "/tmp/go"]);
  const { code, stdout } = await live.end();
  return { code, last: stdout.trim().split("\n").at(-1) };
});

parity("start -a: a container that runs already is joined", {
  both: { code: 9, ticks: true, box: exited(9) },
}, async (side) => {
  const { box, args } = await start.prepare(side, ticking("exit 9"));
  await box.start();
  const live = side.live(args);
  await live.waitFor("tick");
  await box.exec(["touch", "/tmp/go"]);
  const { code } = await live.end();
  return { code, ticks: true, box: await stopped(box) };
});

parity("start -a, a second time: what it wrote before is not repeated", {
  both: { codes: [3, 3], outputs: ["first\n", "again\n"] },
}, async (side) => {
  const script = "if [ -e /tmp/was ]; then echo again; else echo first; fi; touch /tmp/was; exit 3";
  const { args } = await start.prepare(side, script);
  const ends = [await side.run(args), await side.run(args)];
  return { codes: ends.map(({ code }) => code), outputs: ends.map(({ stdout }) => stdout) };
});

parity("start: the names of those that were started, and an error for the other", {
  both: { code: 1, stdout: "<name>\n<other>\n", told: true, boxes: [running, running] },
}, async (side) => {
  const boxes = [];
  for (const _ of [1, 2]) {
    boxes.push(await side.container({ cmd: ["cat"], openStdin: true, start: false }));
  }
  const [one, two] = boxes;
  const { code, stdout, stderr } = await side.run(["start", one.name, "nosuch", two.name]);
  const told = /No such container: nosuch|no container with name or ID "nosuch"/.test(stderr);
  return { code, stdout, told, boxes: await Promise.all(boxes.map(left)) };
});

parity("run --rm: the container is killed under it, and gone", {
  on: { podman: { inapplicable: "docker's CLI gets 0 for the code of what is removed, at times" } },
  both: { code: 137, box: { status: "removed" } },
}, async (side) => {
  const { box, args } = await run.prepare(side, ticking("exit 9"), { flags: ["--rm"] });
  const live = side.live(args);
  await live.waitFor("tick");
  await box.kill();
  const { code } = await live.end();
  await box.removed();
  return { code, box: await left(box) };
});

parity("attach: what was written before is not shown", {
  both: { code: 9, missed: true, box: exited(9) },
}, async (side) => {
  const { box, args } = await attach.prepare(side, `echo ready; ${ticking("exit 9")}`);
  await ready(box);
  const live = side.live(args);
  await live.waitFor("tick");
  await box.exec(["touch", "/tmp/go"]);
  const { code, stdout } = await live.end();
  return { code, missed: !stdout.includes("ready"), box: await stopped(box) };
});

parity("exec: the first process ends by itself, and the exec with it", {
  both: { code: 137, stdout: "ready\n" },
}, async (side) => {
  const box = await side.container({
    cmd: ["sh", "-c", "until [ -e /tmp/go ]; do sleep 0.02; done"],
  });
  const live = side.live(["exec", box.name, "sh", "-c", "echo ready; touch /tmp/go; sleep 60"]);
  const { code, stdout } = await live.end();
  return { code, stdout };
});
