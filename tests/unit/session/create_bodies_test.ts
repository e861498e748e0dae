import { assertEquals, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../../src/errors.ts";
import { createBody, execBody } from "../../../src/session/create_bodies.ts";

/** What is sent: a body as JSON, without what is undefined. */
function sent(body: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body));
}

Deno.test("without options a container gets the image's settings, its output attached", () => {
  assertEquals(sent(createBody("busybox", [], {})), {
    Image: "busybox",
    Cmd: null,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: { Binds: [] },
  });
});

Deno.test("each option is where the engine looks for it", () => {
  const body = createBody("busybox", ["sh", "-c", "x"], {
    stdin: "piped",
    tty: true,
    size: { rows: 20, columns: 70 },
    env: ["A=1", "B"],
    workdir: "/tmp",
    user: "0:0",
    entrypoint: "/bin/entry",
    volumes: ["/a:/b:ro", "name:/c", "/anonymous"],
    network: "none",
    logDriver: "none",
    remove: true,
  });
  assertEquals(sent(body), {
    Image: "busybox",
    Cmd: ["sh", "-c", "x"],
    Entrypoint: ["/bin/entry"],
    Env: ["A=1", "B"],
    User: "0:0",
    WorkingDir: "/tmp",
    Tty: true,
    OpenStdin: true,
    // Without it the end of stdin would close the output.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Volumes: { "/anonymous": {} },
    HostConfig: {
      Binds: ["/a:/b:ro", "name:/c"],
      NetworkMode: "none",
      AutoRemove: true,
      LogConfig: { Type: "none" },
      ConsoleSize: [20, 70],
    },
  });
});

Deno.test("a size without a tty is none", () => {
  const size = { rows: 20, columns: 70 };
  assertEquals(createBody("a", [], { size }).HostConfig?.ConsoleSize, undefined);
  assertEquals(execBody(["sh"], { size }).ConsoleSize, undefined);
  assertEquals(execBody(["sh"], { size, tty: true }).ConsoleSize, [20, 70]);
});

Deno.test("an environment may be a record, and a value may hold anything", () => {
  const env = { A: "1", B: "", C: "x=y\nz" };
  assertEquals(createBody("a", [], { env }).Env, ["A=1", "B=", "C=x=y\nz"]);
  assertEquals(execBody(["sh"], { env }).Env, ["A=1", "B=", "C=x=y\nz"]);
});

Deno.test("an entrypoint may be a list, and an empty one takes the image's away", () => {
  assertEquals(createBody("a", [], { entrypoint: ["/a", "b"] }).Entrypoint, ["/a", "b"]);
  assertEquals(createBody("a", [], { entrypoint: "" }).Entrypoint, [""]);
});

Deno.test("what is given for the endpoint itself goes before the options", () => {
  const body = createBody("a", ["b"], {
    env: ["A=1"],
    network: "none",
    create: { Env: ["B=2"], Hostname: "h", HostConfig: { Memory: 1, NetworkMode: "host" } },
  });
  assertEquals(body.Env, ["B=2"]);
  assertEquals(body.Hostname, "h");
  assertEquals(body.Cmd, ["b"]);
  assertEquals(sent(body.HostConfig), { Binds: [], NetworkMode: "host", Memory: 1 });
});

Deno.test("an exec's options are where the engine looks for them", () => {
  const options = { user: "nobody", workdir: "/tmp", privileged: true, stdin: "piped" as const };
  assertEquals(sent(execBody(["ls", "-l"], options)), {
    Cmd: ["ls", "-l"],
    User: "nobody",
    WorkingDir: "/tmp",
    Privileged: true,
    Tty: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  assertEquals(execBody(["ls"], {}).AttachStdin, false);
});

Deno.test("an image without a name and an empty command are refused", () => {
  assertThrows(() => createBody("", ["sh"], {}), InvalidOptionError, "image");
  assertThrows(() => execBody([], {}), InvalidOptionError, "command");
});

for (const [entry, name] of [["", ""], ["=value", ""], ["A=\0", "A"], ["A\0=value", "A\\u0000"]]) {
  Deno.test(`the environment variable ${JSON.stringify(entry)} is refused, and its name shown`, () => {
    const message = `invalid environment variable ("${name}")`;
    assertThrows(() => createBody("a", [], { env: [entry] }), InvalidOptionError, message);
    assertThrows(() => execBody(["sh"], { env: [entry] }), InvalidOptionError, message);
  });
}
