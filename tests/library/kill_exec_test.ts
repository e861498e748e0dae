/** Signals to an exec: which processes they reach, many at once, and where there is no free pid. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { capture, Client, SignalError } from "@dockerpty/dockerpty";
import { alive } from "../engine/piped.ts";
import { container, testWithEngine } from "../harness/engine.ts";
import { Image, program } from "../harness/images.ts";
import { until } from "../harness/until.ts";
import { client, idle, readUntil, watchedDial } from "./sessions.ts";

/** The variable that an exec is known by, as a process may write it itself. */
const forged = "DOCKERPTY_EXEC=00000000-0000-0000-0000-000000000000";
const families: Record<string, string> = {
  "a child with another variable": `${forged} sleep 61 & echo ready; wait`,
  "a main process with another variable": `exec env ${forged} sh -c 'echo ready; sleep 61; :'`,
  "a main process with another variable in one of its own":
    `exec env A=${forged} sh -c 'echo ready; sleep 61; :'`,
  "a child without an environment": "env -i sleep 61 & echo ready; wait",
  "grandchildren, and a session of theirs":
    "env -i setsid sh -c 'sleep 61 & sleep 62 & echo ready; wait' & wait",
  "a process whose parents have ended": "(env -i sh -c 'sleep 61 & echo ready' &); sleep 62",
  "a name that looks like a stat's end":
    "env -i sh -c 'printf \") S 1 1 (1\" >/proc/self/comm; echo ready; sleep 61; :' & wait",
  "a main process without an environment": "exec env -i sh -c 'echo ready; sleep 61; :'",
  "a main process of another user": "exec su -s /bin/sh nobody -c 'echo ready; sleep 61; :'",
  "a main process without an environment, and a child that has it":
    "sleep 62 & exec env -i sh -c 'echo ready; sleep 61; :'",
};

for (const [name, script] of Object.entries(families)) {
  testWithEngine(`library: kill: of an exec: ${name}`, async () => {
    await using box = await idle();
    // Another exec, and what it has started, are not meant.
    await using other = await client.exec(box.name, ["sh", "-c", "echo ready; env -i sleep 71; :"]);
    await readUntil(other.stdout, "ready\n");
    const without = ["sh", "-c", "exec env -i sh -c 'echo ready; sleep 81; :'"];
    await using stray = await client.exec(box.name, without);
    await readUntil(stray.stdout, "ready\n");
    await using session = await client.exec(box.name, ["sh", "-c", script]);
    await readUntil(session.stdout, "ready\n");
    await assertRejects(() => capture(session, { timeout: 1 }), DOMException, "1 ms");
    const left = (await alive(box)).filter((line) => line !== "cat");
    assertEquals(left.filter((line) => !/sleep [78]1/.test(line)), []);
    for (const mine of ["sleep 71", "sleep 81"]) assert(left.includes(mine), left.join(", "));
  });
}

const shells: Record<string, string[]> = {
  "dash and GNU's grep": ["dash", "grep"],
  "dash alone": ["dash"],
  "bash alone": ["bash"],
};

for (const [name, [shell, ...others]] of Object.entries(shells)) {
  testWithEngine(`library: kill: of an exec without an environment: ${name}`, async () => {
    const programs = ["env", "sleep", ...others].map((name) => [`/bin/${name}`, program(name)]);
    const paths = { "/bin/sh": program(shell), ...Object.fromEntries(programs) };
    await using image = await Image.of(paths);
    await using box = await container({ image: image.name, cmd: ["sleep", "600"] });
    const command = ["sh", "-c", "env -i /bin/sleep 61 & (env -i /bin/sleep 62 &); sleep 63"];
    const sleeping = async () => {
      const look =
        "for file in /proc/[0-9]*/cmdline; do line=; read -r line <$file; echo $line; done";
      const { stdout } = await box.exec(["sh", "-c", `(${look}) 2>/dev/null; :`]);
      // A shell's read drops what is between the arguments.
      return stdout.split("\n").filter((line) => /^(\/bin\/)?sleep/.test(line)).sort();
    };
    const session = await client.exec(box.name, command);
    const begun = async () => (await sleeping()).length === 4;
    await until(begun, { what: "all of them", interval: 50 });
    await assertRejects(() => capture(session, { timeout: 1 }), DOMException, "1 ms");
    assertEquals(await sleeping(), ["sleep600"]);
  }, { ignore: Deno.build.os !== "linux" });
}

testWithEngine(
  "library: kill: of an exec without an environment for its child: SIGTERM",
  async () => {
    await using box = await idle();
    const command = ["sh", "-c", "env -i sleep 61 & echo ready; wait"];
    const session = await client.exec(box.name, command);
    await readUntil(session.stdout, "ready\n");
    await session.kill("SIGTERM");
    assertEquals(await session.status, { reason: "exited", code: 143 });
    await until(async () => (await alive(box)).join() === "cat", { what: "the child's end" });
  },
);

testWithEngine("library: kill: fifty at once take few execs, and each finds its own", async () => {
  await using box = await idle();
  let execs = 0;
  const many = new Client({
    dial: watchedDial({ request: (line) => void (/\/exec$/.test(line) && execs++) }),
  });
  const count = 50;
  const sessions = await Promise.all(
    Array.from({ length: count }, async () => {
      const session = await many.exec(box.name, ["sh", "-c", "echo ready; sleep 61 & wait"]);
      await readUntil(session.stdout, "ready\n");
      return session;
    }),
  );
  await using other = await many.exec(box.name, ["sh", "-c", "echo ready; sleep 71; :"]);
  await readUntil(other.stdout, "ready\n");
  assertEquals(execs, count + 1);
  const abort = new AbortController();
  const reason = new Error("given up");
  const captured = sessions.map((session) => capture(session, { signal: abort.signal }));
  abort.abort(reason);
  for (const ended of await Promise.allSettled(captured)) {
    assertEquals([ended.status, (ended as PromiseRejectedResult).reason], ["rejected", reason]);
  }
  assertEquals(reason.cause, undefined);
  assert(execs - count - 1 <= 5, `${execs - count - 1} execs for signals`);
  const left = await alive(box);
  assertEquals(left.filter((line) => line.includes("sleep 61")), []);
  assert(left.includes("sleep 71"), left.join(", "));
}, { limit: 300_000 });

testWithEngine(
  "library: kill: where no pid is free, it is sent by a shell alone, or that is said",
  async () => {
    const PidsLimit = 12;
    await using box = await container({ cmd: ["cat"], openStdin: true, hostConfig: { PidsLimit } });
    // The main process, this shell, and so many.
    const script = `for i in $(seq ${PidsLimit - 2}); do sleep 61 & done; echo ready; wait`;
    const session = await client.exec(box.name, ["sh", "-c", script]);
    await readUntil(session.stdout, "ready\n");
    const error = await session.kill("SIGKILL").then(() => null, (error) => error);
    if (error === null) {
      assertEquals(await session.status, { reason: "exited", code: 137 });
      await until(async () => (await alive(box)).join() === "cat", { what: "their end" });
      return;
    }
    // The engine's runtime forks itself, where it is not a shell that would.
    assert(error instanceof SignalError, String(error));
    assertMatch(
      error.message,
      /^cannot send SIGKILL to the command: the container takes no more processes, as where its limit of them is reached \(.+\)$/,
    );
    await session[Symbol.asyncDispose]();
  },
);

const liars: Record<string, [script: string, says: RegExp]> = {
  "says that it was sent": ['echo "sent : : :"', /it runs on, though the container's sh says/],
  "says no end of it": ["exec yes nonsense", /what is to do it in the container says: nonsense/],
  "has one line without an end": ["exec tr '\\0' x </dev/zero", /in the container says: xxx/],
};

for (const [name, [script, says]] of Object.entries(liars)) {
  testWithEngine(`library: kill: a shell in the container that ${name}`, async () => {
    await using box = await idle();
    await using session = await client.exec(box.name, ["sh", "-c", "echo ready; exec sleep 61"]);
    await readUntil(session.stdout, "ready\n");
    const file = `#!/bin/ash\n${script}\n`;
    await box.exec(["ash", "-c", 'rm /bin/sh; printf %s "$0" >/bin/sh; chmod +x /bin/sh', file]);
    const error = await assertRejects(() => session.kill("SIGKILL"), SignalError);
    assertMatch(error.message, says);
    assert((await alive(box)).includes("sleep 61"));
  });
}

testWithEngine(
  "library: kill: a process that takes no signal is told, and no other one's",
  async () => {
    await using box = await idle();
    const su = "mkdir /s; cp /bin/busybox /s/su; chmod 4755 /s/su; " +
      "echo root::0:0:root:/root:/bin/sh >/etc/passwd; echo nobody:x:65534:65534:n:/:/bin/sh >>/etc/passwd";
    await box.exec(["sh", "-c", su]);
    const nobody = { user: "nobody" };
    const became = ["/s/su", "root", "-c", "echo ready; exec sleep 61"];
    const child = ["sh", "-c", "/s/su root -c 'echo ready; exec sleep 62'; echo after"];
    const plain = ["sh", "-c", "echo ready; sleep 63; :"];
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const sessions = await Promise.all([became, child, plain].map(async (command) => {
        const session = await client.exec(box.name, command, nobody);
        await readUntil(session.stdout, "ready\n");
        return session;
      }));
      const [first, second, third] = await Promise.allSettled(
        sessions.map((session) => session.kill(signal)),
      );
      for (const ended of [first, second]) {
        const { reason } = ended as PromiseRejectedResult;
        assert(reason instanceof SignalError, String(reason));
        assertMatch(
          reason.message,
          /^cannot send SIG\w+ to the command: .* belongs to another user/,
        );
      }
      assertEquals(third.status, "fulfilled", String((third as PromiseRejectedResult).reason));
      assertEquals((await sessions[2].status).reason, "exited");
      const left = (await alive(box)).filter((line) => line.includes("sleep"));
      assertEquals(left.toSorted(), ["sleep 61", "sleep 62"]);
      await box.exec(["sh", "-c", "kill -9 $(pidof sleep)"]);
      for (const session of sessions) await session.status;
    }
    const session = await client.exec(box.name, became, nobody);
    await readUntil(session.stdout, "ready\n");
    const error = await assertRejects(() => capture(session, { timeout: 1 }), DOMException);
    assert(error.cause instanceof SignalError, String(error.cause));
    await box.exec(["sh", "-c", "kill -9 $(pidof sleep)"]);
  },
);

testWithEngine("library: kill: a signal takes one exec", async () => {
  await using box = await idle();
  let execs = 0;
  const counted = new Client({
    dial: watchedDial({ request: (line) => void (/\/exec$/.test(line) && execs++) }),
  });
  await using session = await counted.exec(box.name, ["sh", "-c", "echo ready; sleep 61 & wait"]);
  await readUntil(session.stdout, "ready\n");
  await session.kill("SIGKILL");
  assertEquals([await session.status, execs], [{ reason: "exited", code: 137 }, 2]);
});
