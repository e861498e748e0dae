/** capture(): input, limits, and ends that are real. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  capture,
  type CaptureOptions,
  CaptureTimeoutError,
  Client,
  ConnectionError,
  InvalidOptionError,
  OutputLimitError,
} from "@dockerpty/dockerpty";
import { testWithEngine } from "../harness/engine.ts";
import { network } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import { bare, idle } from "./sessions.ts";

const client = new Client();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

testWithEngine("library: capture: input as text, bytes and a stream", async () => {
  await using box = await idle();
  const stream = () => ReadableStream.from(["a", "bc"]).pipeThrough(new TextEncoderStream());
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set([97, 98, 99]);
  for (const input of ["abc", new TextEncoder().encode("abc"), shared, stream(), undefined]) {
    const opening = client.exec(box.name, ["cat"], { stdin: "piped" });
    const captured = await capture(opening, { input });
    assertEquals(captured.status, { reason: "exited", code: 0 });
    assertEquals(text(captured.stdout), input === undefined ? "" : "abc");
    assertEquals(captured.truncated, false);
  }
});

testWithEngine("library: capture: a process that reads none of its input", async () => {
  await using box = await idle();
  const opening = client.exec(box.name, ["sh", "-c", "exit 3"], { stdin: "piped" });
  const captured = await capture(opening, { input: new Uint8Array(5_000_000) });
  assertEquals(captured.status, { reason: "exited", code: 3 });
});

testWithEngine("library: capture: stdout and stderr apart", async () => {
  await using box = await idle();
  const captured = await capture(client.exec(box.name, ["sh", "-c", "echo a; echo b >&2"]));
  assertEquals([text(captured.stdout), text(captured.stderr)], ["a\n", "b\n"]);
});

testWithEngine("library: capture: too much output ends the process, or is dropped", async () => {
  await using box = await idle();
  const endless = () => client.exec(box.name, ["yes"]);
  const much = await assertRejects(() => capture(endless(), { limit: 1000 }), OutputLimitError);
  assertEquals(
    much.message,
    "the process wrote more than 1000 bytes to stdout, which is the limit of its output",
  );
  assertEquals(text(much.written.stdout), "y\n".repeat(500));
  // One that had ended by itself is no cause of that.
  const short = client.run("busybox", ["echo", "more than this"], bare);
  const error = await assertRejects(() => capture(short, { limit: 4 }), OutputLimitError);
  assertEquals(error.cause, undefined);
  await until(async () => !(await box.processes()).includes("yes"), { what: "the end of yes" });

  const long = client.exec(box.name, ["sh", "-c", "head -c 100000 /dev/zero; exit 4"]);
  const captured = await capture(long, { limit: 1000, overflow: "truncate" });
  assertEquals(captured.stdout.length, 1000);
  assertEquals(captured.truncated, true);
  assertEquals(captured.status, { reason: "exited", code: 4 });
});

testWithEngine(
  "library: capture: what was written when the time was up is in the error",
  async () => {
    await using box = await idle();
    const script = "echo begun; echo why >&2; sleep 60";
    const slow = client.exec(box.name, ["sh", "-c", script]);
    const error = await assertRejects(() => capture(slow, { timeout: 2000 }), CaptureTimeoutError);
    assertEquals(error.name, "TimeoutError");
    assertEquals([text(error.written.stdout), text(error.written.stderr)], ["begun\n", "why\n"]);
  },
);

testWithEngine("library: capture: time and signal end the process and its children", async () => {
  await using box = await idle();
  const busy = () => client.exec(box.name, ["sh", "-c", "sleep 71 & sleep 72"]);
  const ends: [CaptureOptions, string][] = [
    [{ timeout: 100 }, "TimeoutError"],
    [{ signal: AbortSignal.timeout(100) }, "TimeoutError"],
    [{ signal: AbortSignal.abort(new DOMException("enough", "AbortError")) }, "AbortError"],
  ];
  for (const [options, name] of ends) {
    const error = await assertRejects(() => capture(busy(), options), DOMException);
    assertEquals(error.name, name);
    // Without a look again: the end comes first, and only then the rejection.
    assertEquals((await box.processes()).filter((process) => process.includes("sleep 7")), []);
  }
});

testWithEngine("library: capture: a container is ended as a whole", async () => {
  const options = { network, remove: true };
  const running = await client.run("busybox", ["sleep", "60"], options);
  await assertRejects(() => capture(running, { timeout: 100 }), DOMException, "100 ms");
  await until(async () => {
    const again = client.attach(running.id);
    return await again.then(() => false, () => true);
  }, { what: "the end of the container" });
});

testWithEngine("library: capture: options that cannot be used", async () => {
  await using box = await idle();
  const opening = () => client.exec(box.name, ["true"]);
  const unusable = [
    { limit: -1 },
    { timeout: NaN },
    { input: "x" },
    { limit: "5" },
    { overflow: "drop" },
    { input: 5 },
    { signal: 5 },
    null,
  ];
  for (const options of unusable) {
    await assertRejects(() => capture(opening(), options as CaptureOptions), InvalidOptionError);
  }
  const gone = new Client({ endpoint: "unix:///nowhere/docker.sock" });
  const error = await assertRejects(() => capture(gone.exec("a", ["true"])), ConnectionError);
  assert(error.message.includes("/nowhere/docker.sock"));
});

testWithEngine("library: capture: a stream that fails ends the process", async () => {
  await using box = await idle();
  const cat = () => client.exec(box.name, ["cat"], { stdin: "piped" });
  class Broken extends Error {}
  const broken = new ReadableStream<Uint8Array>({
    pull() {
      throw new Broken();
    },
  });
  await assertRejects(() => capture(cat(), { input: broken }), Broken);
  const texts = ReadableStream.from(["no bytes"]) as unknown as ReadableStream<Uint8Array>;
  await assertRejects(() => capture(cat(), { input: texts }), InvalidOptionError, "bytes");
  // It is the container's own, and nothing is left of the others.
  assertEquals(await box.processes(), ["cat"]);
});

testWithEngine(
  "library: capture: a stream without an end does not outlive the process",
  async () => {
    await using box = await idle();
    let cancelled = false;
    const silent = new ReadableStream<Uint8Array>({
      cancel() {
        cancelled = true;
      },
    });
    const opening = client.exec(box.name, ["echo", "hi"], { stdin: "piped" });
    const { stdout } = await capture(opening, { input: silent, timeout: Infinity });
    assertEquals([text(stdout), cancelled], ["hi\n", true]);
  },
);

testWithEngine("library: capture: a stream that has more is cancelled at every end", async () => {
  await using box = await idle();
  const piped = { stdin: "piped" } as const;
  const ends: [string[], CaptureOptions][] = [
    [["true"], {}],
    [["sleep", "60"], { timeout: 100 }],
    [["sleep", "60"], { signal: AbortSignal.timeout(100) }],
    [["yes"], { limit: 1000 }],
    [["true"], { limit: -1 }],
  ];
  for (const [command, options] of ends) {
    let cancelled = 0;
    const input = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
      cancel: () => void cancelled++,
    });
    const capturing = capture(client.exec(box.name, command, piped), { input, ...options });
    await capturing.catch(() => {});
    assertEquals([cancelled, input.locked], [1, false], JSON.stringify([command, options]));
  }
  const file = await Deno.open("/dev/zero");
  await capture(client.exec(box.name, ["true"], piped), { input: file.readable });
  assertThrows(() => file.statSync(), Deno.errors.BadResource);
});

testWithEngine("library: capture: a session that somebody else uses goes on", async () => {
  await using box = await idle();
  for (const stream of ["stdout", "stdin"] as const) {
    await using session = await client.exec(box.name, ["cat"], { stdin: "piped" });
    const writer = stream === "stdin" ? session.stdin!.getWriter() : undefined;
    const reader = session.stdout.getReader();
    const capturing = () => capture(session, { input: "x", signal: AbortSignal.abort() });
    await assertRejects(capturing, InvalidOptionError, "somebody else");
    const own = writer ?? session.stdin!.getWriter();
    await own.write(new TextEncoder().encode("hi"));
    assertEquals(text((await reader.read()).value!), "hi");
    await own.close();
    assertEquals((await reader.read()).done, true);
    assertEquals(await session.status, { reason: "exited", code: 0 });
  }
});
