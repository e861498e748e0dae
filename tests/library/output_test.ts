import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { toText } from "@std/streams/to-text";
import { container, testWithEngine } from "../harness/engine.ts";
import { assertOutput, bare, client, idle, text } from "./sessions.ts";

testWithEngine("library: output of a run: stdout and stderr apart, and the code", async () => {
  const session = await client.run("busybox", ["sh", "-c", "echo out; echo err >&2; exit 5"], bare);
  assertEquals([session.tty, session.stdin], [false, null]);
  await assertOutput(session, { code: 5, stdout: "out\n", stderr: "err\n" });
});

testWithEngine("library: output of an exec", async () => {
  await using box = await idle();
  const session = await client.exec(box.name, ["sh", "-c", "echo out; echo err >&2; exit 6"]);
  await assertOutput(session, { code: 6, stdout: "out\n", stderr: "err\n" });
});

testWithEngine("library: output of a start, and of an attach", async () => {
  const script = "read -r line; echo got $line; exit 7";
  await using box = await container({
    cmd: ["sh", "-c", script],
    openStdin: true,
    stdinOnce: true,
    start: false,
  });
  for (const verb of ["start", "attach"] as const) {
    if (verb === "attach") await box.start();
    const session = await client[verb](box.name, { stdin: "piped" });
    assertEquals(session.id, box.id);
    await ReadableStream.from(["typed\n"]).pipeThrough(new TextEncoderStream()).pipeTo(
      session.stdin!,
    );
    await assertOutput(session, { code: 7, stdout: "got typed\n" });
  }
});

testWithEngine("library: with a tty there is one stream", async () => {
  const command = ["sh", "-c", "stty size; echo err >&2"];
  const options = { ...bare, tty: true };
  const session = await client.run("busybox", command, options);
  assertEquals([session.tty, session.stderr], [true, null]);
  const { status, stdout, stderr } = await session.output();
  assertEquals([status, text(stderr)], [{ reason: "exited", code: 0 }, ""]);
  assert(text(stdout).endsWith("err\r\n"), text(stdout));
});

testWithEngine("library: lines, as they come", async () => {
  await using box = await idle();
  const script = "for i in 1 2 3; do echo line $i; until [ -e /$i ]; do sleep 0.02; done; done";
  await using session = await client.exec(box.name, ["sh", "-c", script]);
  const lines = session.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TextLineStream(),
  );
  const seen: string[] = [];
  for await (const line of lines) {
    seen.push(line);
    // The next one is not written before this one was read here.
    await box.exec(["touch", `/${line.at(-1)}`]);
  }
  assertEquals(seen, ["line 1", "line 2", "line 3"]);
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine("library: both streams, read side by side", async () => {
  const script = "for i in $(seq 2000); do echo out $i; echo err $i >&2; done";
  const session = await client.run("busybox", ["sh", "-c", script], bare);
  const [out, err] = await Promise.all([toText(session.stdout), toText(session.stderr!)]);
  const all = (name: string) =>
    Array.from({ length: 2000 }, (_, i) => `${name} ${i + 1}\n`).join("");
  assertEquals([out === all("out"), err === all("err")], [true, true]);
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine("library: one stream is cancelled, the other goes on", async () => {
  const script = "for i in $(seq 500); do echo out $i; echo err $i >&2; done; exit 3";
  const session = await client.run("busybox", ["sh", "-c", script], bare);
  await session.stderr!.cancel();
  assertEquals((await toText(session.stdout)).trimEnd().split("\n").length, 500);
  assertEquals(await session.status, { reason: "exited", code: 3 });
});

testWithEngine(
  "library: a session that is left once its output was read leaves nothing open",
  async () => {
    await using box = await idle();
    // What is left open is told by the test's own sanitizers, where an answer comes late: not each time.
    for (let round = 0; round < 10; round++) {
      await using exec = await client.exec(box.name, ["echo", "hi"], { stderr: "null" });
      assertEquals(await toText(exec.stdout), "hi\n");
    }
    await using run = await client.run("busybox", ["echo", "hi"], { ...bare, stderr: "null" });
    assertEquals(await toText(run.stdout), "hi\n");
  },
);

testWithEngine("library: output is forwarded to sinks", async () => {
  const session = await client.run("busybox", ["sh", "-c", "echo out; echo err >&2"], bare);
  const seen = { stdout: "", stderr: "" };
  await session.forward({
    stdout: { write: (bytes) => void (seen.stdout += text(bytes)) },
    // One that takes its time.
    stderr: { write: (bytes) => Promise.resolve().then(() => void (seen.stderr += text(bytes))) },
  });
  assertEquals(seen, { stdout: "out\n", stderr: "err\n" });
  assertEquals(await session.status, { reason: "exited", code: 0 });
});

testWithEngine("library: a flood into a buffer of the reader's own", async () => {
  const script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i + 1)); done";
  await using session = await client.run("busybox", ["sh", "-c", script], bare);
  const reader = session.stdout.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let got = "";
  for (let buffer = new ArrayBuffer(3000);;) {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (done) break;
    got += decoder.decode(value, { stream: true });
    buffer = value.buffer;
  }
  assertEquals(got, Array.from({ length: 20000 }, (_, i) => `line ${i}\n`).join(""));
  assertEquals(await session.status, { reason: "exited", code: 0 });
});
