/** An AbortSignal: at each stage the call rejects with its reason, and holds nothing any more. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  attach,
  capture,
  Client,
  exec,
  run,
  type Session,
  type SessionOptions,
} from "@dockerpty/dockerpty";
import { type Container, container, containerToCome, testWithEngine } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { noTerminal as terminal } from "./no_terminal.ts";
import { idle, readUntil, watchedDial } from "./sessions.ts";

class Reason extends Error {}
const reason = new Reason("given up");

const command = ["sh", "-c", "echo ready; exec sleep 60"];
const bare = { network, remove: true };

/** A client that gives up at the request that matches `at`, before it is sent or once it is. */
function givingUp(at: RegExp, when: "request" | "sent"): { client: Client; signal: AbortSignal } {
  const abort = new AbortController();
  const look = (line: string) => at.test(line) && abort.abort(reason);
  return { client: new Client({ dial: watchedDial({ [when]: look }) }), signal: abort.signal };
}

testWithEngine("library: abort: before anything", async () => {
  const request = (line: string) => assert(!/create|start/.test(line), line);
  const client = new Client({ dial: watchedDial({ request }) });
  const signal = AbortSignal.abort(reason);
  await using box = await idle();
  const options = { ...bare, signal };
  await assertRejects(() => client.run("busybox", command, options), Reason);
  await assertRejects(() => client.start(box.name, { signal }), Reason);
  await assertRejects(() => client.attach(box.name, { signal }), Reason);
  await assertRejects(() => client.exec(box.name, command, { signal }), Reason);
  await assertRejects(() => run("busybox", command, { ...options, tty: false }), Reason);
});

for (const stage of ["_ping", "containers/create", "/attach", "/wait", "/start"]) {
  testWithEngine(`library: abort: of a run, at ${stage}`, async () => {
    for (const when of ["request", "sent"] as const) {
      const { client, signal } = givingUp(new RegExp(stage), when);
      await using box = containerToCome();
      const options = { ...bare, name: box.name, signal };
      await assertRejects(() => client.run("busybox", command, options), Reason);
      await box.removed();
    }
  });
}

const attached: [
  string,
  RegExp,
  (client: Client, box: Container, signal: AbortSignal) => Promise<Session>,
][] = [
  ["start, at its inspect", /\/json/, (client, box, signal) => client.start(box.name, { signal })],
  ["start, at attach", /\/attach/, (client, box, signal) => client.start(box.name, { signal })],
  ["attach, at attach", /\/attach/, (client, box, signal) => client.attach(box.name, { signal })],
  ["attach, at wait", /\/wait/, (client, box, signal) => client.attach(box.name, { signal })],
  [
    "exec, at create",
    /\/exec$/,
    (client, box, signal) => client.exec(box.name, command, { signal }),
  ],
  [
    "exec, at start",
    /\/start$/,
    (client, box, signal) => client.exec(box.name, command, { signal }),
  ],
];

for (const [name, at, open] of attached) {
  testWithEngine(`library: abort: of ${name}`, async () => {
    const start = !name.startsWith("start");
    await using box = await container({ cmd: ["sleep", "60"], start });
    for (const when of ["request", "sent"] as const) {
      const { client, signal } = givingUp(at, when);
      await assertRejects(() => open(client, box, signal), Reason);
      assertEquals((await box.state()).Running, start);
    }
  });
}

const begun: [
  string,
  (client: Client, box: Container, options: SessionOptions) => Promise<Session>,
][] = [
  [
    "run",
    (client, { name }, options) => client.run("busybox", command, { network, name, ...options }),
  ],
  ["start", (client, { name }, options) => client.start(name, options)],
];

for (const [verb, open] of begun) {
  testWithEngine(
    `library: abort: what a ${verb} has begun is ended, unless it is to be left`,
    async () => {
      for (const dispose of [undefined, "kill", "detach"] as const) {
        await using box = verb === "run"
          ? containerToCome()
          : await container({ cmd: ["sleep", "60"], start: false });
        const abort = new AbortController();
        let kills = 0;
        const client = new Client({
          dial: watchedDial({
            request: (line) => void (/\/kill\b/.test(line) && kills++),
            sent: (line) => void (/\/start/.test(line) && abort.abort(reason)),
          }),
        });
        const { signal } = abort;
        await assertRejects(
          () => capture(open(client, box, { signal, dispose }), { signal }),
          Reason,
        );
        assertEquals(kills > 0, dispose !== "detach", `${dispose}`);
        if (dispose !== "detach") assertEquals((await box.state()).Running, false, dispose);
      }
    },
  );
}

testWithEngine("library: abort: in the session, everything rejects with the reason", async () => {
  await using box = await idle();
  const client = new Client();
  const opens = [
    (signal: AbortSignal) => client.exec(box.name, command, { signal, stdin: "piped" }),
    (signal: AbortSignal) => client.run("busybox", command, { network, signal, stdin: "piped" }),
  ];
  for (const open of opens) {
    const abort = new AbortController();
    const session = await open(abort.signal);
    await using _ = containerToCome(session.id);
    await readUntil(session.stdout, "ready\n");
    const reading = assertRejects(() => session.stdout.getReader().read(), Reason);
    const ended = assertRejects(() => session.status, Reason);
    abort.abort(reason);
    await Promise.all([reading, ended]);
    await assertRejects(() => session.stdin!.getWriter().write(new Uint8Array(1)));
    await session[Symbol.asyncDispose]();
  }
  assert((await box.processes()).includes("sleep 60"), "the process runs on");
});

testWithEngine("library: abort: of output(), and of forward()", async () => {
  await using box = await idle();
  for (const how of ["output", "forward"] as const) {
    const abort = new AbortController();
    const session = await new Client().exec(box.name, command, { signal: abort.signal });
    const write = () => abort.abort(reason);
    if (how === "forward") {
      await assertRejects(() => session.forward({ stdout: { write }, stderr: { write } }), Reason);
    } else {
      const output = assertRejects(() => session.output(), Reason);
      abort.abort(reason);
      await output;
    }
    await assertRejects(() => session.status, Reason);
  }
});

testWithEngine("library: abort: after the end, it does nothing", async () => {
  await using box = await idle();
  const abort = new AbortController();
  const session = await new Client().exec(box.name, ["echo", "hi"], { signal: abort.signal });
  const { status } = await session.output();
  abort.abort(reason);
  assertEquals([status, await session.status], [status, { reason: "exited", code: 0 }]);
  assertThrows(() => abort.signal.throwIfAborted(), Reason);
});

testWithEngine("library: abort: of a session at the terminal", async () => {
  await using box = await container({ cmd: ["sleep", "60"] });
  for (
    const present of [
      (signal: AbortSignal) => exec(box.name, command, { terminal, signal }),
      (signal: AbortSignal) => attach(box.name, { terminal, signal }),
    ]
  ) {
    const abort = new AbortController();
    terminal.onSignal = () => {
      // The session is open by now, and about to be joined to the terminal.
      queueMicrotask(() => abort.abort(reason));
      return { [Symbol.dispose]: () => {} };
    };
    await assertRejects(() => present(abort.signal), Reason);
    assert((await box.state()).Running);
  }
});
