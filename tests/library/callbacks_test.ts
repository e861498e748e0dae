/** What a program has called fails: the call rejects with that very error, and holds nothing. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Client,
  ConnectionError,
  EngineError,
  exec,
  run,
  type Session,
} from "@dockerpty/dockerpty";
import { alive } from "../engine/piped.ts";
import { json } from "../fakes/engine.ts";
import { ScriptedEngine } from "../faults/scripted_engine.ts";
import { ON, WELL, wellBut } from "../faults/well.ts";
import { containerToCome, testWithEngine } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { deadline } from "../harness/until.ts";
import { noTerminal as terminal, sink } from "./no_terminal.ts";
import { bare, client, idle } from "./sessions.ts";

const plain: Error = new Error("the program's own");
/** A program may well call this library in there, and its errors must not be taken for ours. */
const ERRORS: Error[] = [
  plain,
  new ConnectionError("the program's own connection"),
  new EngineError("the program's own engine", {
    status: 404,
    method: "GET",
    path: "/images/a/json",
  }),
];

const thrower = (error: Error) => () => {
  throw error;
};

async function rejectsWith(error: Error, call: () => Promise<unknown>): Promise<void> {
  const { message } = error;
  const seen = await assertRejects(() => deadline(call(), 30_000, "the call to reject"));
  assert(seen === error, `another error: ${Deno.inspect(seen)}`);
  assertEquals(error.message, message);
}

for (const remove of [true, false]) {
  testWithEngine(`library: callbacks: onCreated throws, remove ${remove}`, async () => {
    // Nobody was told of the container: it goes whatever was asked for.
    for (const error of ERRORS) {
      await using box = containerToCome();
      let id: string | undefined;
      const options = {
        network,
        remove,
        name: box.name,
        onCreated: (created: { id: string }) => {
          id = created.id;
          throw error;
        },
      };
      await rejectsWith(error, () => client.run("busybox", ["sleep", "60"], options));
      assert(id !== undefined, "it was not made");
      assertEquals(await box.exists(), false);
    }
  });
}

testWithEngine("library: callbacks: onCreated throws, at the terminal", async () => {
  await using box = containerToCome();
  const options = { ...bare, name: box.name, terminal, onCreated: thrower(plain) };
  await rejectsWith(plain, () => run("busybox", ["sleep", "60"], options));
  assertEquals(await box.exists(), false);
});

for (const error of ERRORS) {
  const name = `library: callbacks: onStartFailure throws ${error.constructor.name}`;
  testWithEngine(name, async () => {
    await using box = await idle();
    const options = { onStartFailure: thrower(error) };
    const uses: ((session: Session) => Promise<unknown>)[] = [
      (session) => session.output(),
      (session) => session.forward({ stdout: sink, stderr: sink }),
      (session) => session.status,
    ];
    for (const use of uses) {
      await using session = await client.exec(box.name, ["/nope"], options);
      await rejectsWith(error, () => use(session));
      // It is no success, whoever asks.
      await rejectsWith(error, () => session.status);
    }
    await rejectsWith(error, () => exec(box.name, ["/nope"], { ...options, terminal }));
    assertEquals(await alive(box), ["cat"]);
  });
}

const SINKS: Record<string, (error: Error) => () => void | Promise<void>> = {
  throws: thrower,
  rejects: (error) => () => Promise.reject(error),
};

for (const [how, fails] of Object.entries(SINKS)) {
  testWithEngine(`library: callbacks: a sink of forward() ${how}, of a run`, async () => {
    for (const [error, stream] of [[ERRORS[1], "stdout"], [plain, "stderr"]] as const) {
      await using box = containerToCome();
      const script = "echo out; echo err >&2; exec sleep 60";
      const options = { ...bare, name: box.name };
      await using session = await client.run("busybox", ["sh", "-c", script], options);
      const sinks = { stdout: sink, stderr: sink, [stream]: { write: fails(error) } };
      await rejectsWith(error, () => session.forward(sinks));
      // The session is still there, to end what was started.
      await session.kill("SIGKILL");
      assertEquals(await session.status, { reason: "exited", code: 137 });
      await box.removed();
    }
  });

  testWithEngine(
    `library: callbacks: a sink of forward() ${how}, and the session is left`,
    async () => {
      await using box = await idle();
      const session = await client.exec(box.name, ["sh", "-c", "yes | head -c 3000000; cat"], {
        stdin: "piped",
      });
      await rejectsWith(
        plain,
        () => session.forward({ stdout: { write: fails(plain) }, stderr: sink }),
      );
      await deadline(session[Symbol.asyncDispose](), 20_000, "the session to be left");
      assertEquals(await session.status, { reason: "detached" });
      assertEquals((await box.state()).Running, true);
    },
  );
}

const ends: [what: string, script: string, targets: { stderr?: "null" }][] = [
  ["that writes no more", "echo out; exec sleep 60", {}],
  ["that writes on", "exec yes", {}],
  ["that writes on, with a stream that goes nowhere", "exec yes", { stderr: "null" }],
];

for (const [what, script, targets] of ends) {
  testWithEngine(`library: callbacks: a sink of forward() throws, of an exec ${what}`, async () => {
    await using box = await idle();
    await using session = await client.exec(box.name, ["sh", "-c", script], targets);
    const sinks = { stdout: { write: thrower(plain) }, stderr: sink };
    await rejectsWith(plain, () => session.forward(sinks));
    await session.kill("SIGKILL");
    // What nobody reads any more must not keep its end from being seen.
    const status = await deadline(session.status, 10_000, "the exec's end");
    assertEquals(status, { reason: "exited", code: 137 });
    assertEquals(await alive(box), ["cat"]);
  });
}

const IMAGE = "dockerpty.invalid/busybox";
const news = [{ status: "Pulling" }, { status: "Downloading" }, { status: "Pull complete" }]
  .map((line) => `${JSON.stringify(line)}\n`).join("");
/** It begins to tell of a pull, and goes on when it is let, which it never is. */
const pulling = [
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${news.length.toString(16)}\r\n${news}\r\n`,
  "silence",
] as const;
const missing = [
  { on: ON.create, steps: [json(404, { message: `No such image: ${IMAGE}` })], times: 1 },
  { on: ON.image, steps: [json(404, { message: "No such image" })] },
];

for (const how of ["throws", "rejects"]) {
  for (const at of ["Unable to find image", "Pulling", "Downloading"]) {
    const name = `library: callbacks: onPull ${how}, at ${JSON.stringify(at)}`;
    Deno.test(name, { sanitizeOps: true, sanitizeResources: true, timeout: 60_000 }, async () => {
      for (const error of ERRORS.slice(0, 2)) {
        await using engine = new ScriptedEngine(wellBut({ pull: [...pulling] }, missing));
        const far = new Client({ endpoint: engine.host });
        const told: string[] = [];
        const onPull = ({ status }: { status: string }): void => {
          told.push(status);
          if (!status.startsWith(at)) return;
          if (how === "throws") throw error;
          // A promise is waited for, too.
          return Promise.reject(error) as unknown as void;
        };
        await rejectsWith(error, () => far.run(IMAGE, ["true"], { remove: true, onPull }));
        assert(told.at(-1)!.startsWith(at), told.join());
        // The pull is left, nothing more is told or asked, and no connection stays open.
        await engine.left();
        assertEquals(engine.count(ON.create), 1, engine.events.join(", "));
        assertEquals(engine.count(ON.pull), at.startsWith("Unable") ? 0 : 1);
        assertEquals(told.filter((status) => status.startsWith(at)).length, 1);
      }
    });
  }
}

for (const error of ERRORS) {
  const name = `library: callbacks: onPull throws ${error.constructor.name}, where always pulled`;
  Deno.test(name, { sanitizeOps: true, sanitizeResources: true, timeout: 60_000 }, async () => {
    await using engine = new ScriptedEngine(wellBut({ pull: WELL.pull }));
    const far = new Client({ endpoint: engine.host });
    const options = { remove: true, pull: "always", onPull: thrower(error) } as const;
    await rejectsWith(error, () => far.run(IMAGE, ["true"], options));
    await engine.left();
    assertEquals(engine.count(ON.create), 0, engine.events.join(", "));
  });
}
