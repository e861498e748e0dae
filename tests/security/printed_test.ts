/** Words of engines, registries, files and others: none of them moves the cursor of who reads them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Live } from "../engine/live.ts";
import { dockerpty } from "../harness/command.ts";
import { Terminal } from "../harness/terminal.ts";
import { bytes, frame, join } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json, NO_CONTENT, upgraded } from "../fakes/engine.ts";
import { FakeExec } from "../fakes/exec.ts";
import { LIMITED, run, ServedEngine } from "./served.ts";

/** What a terminal would act on: a cleared screen, a title, a bell, C1, marks of direction. */
const EVIL = "evil\x1b[2J\x1b]0;owned\x07\u009b31m\u0085\u202edrow\u2066\u200f\u2028\x08\x7f" +
  "\rover\nline\ufeff\u0000.";
/** The same where a NUL or a line end would be another matter. */
const EVIL_WORD = EVIL.replaceAll(/[\r\n\0]/g, "");

// deno-lint-ignore no-control-regex
const ACTS = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** A run of the command where something is called names. */
interface Case {
  /** Makes the engine say it. */
  engine?: (engine: ServedEngine) => void | Promise<void>;
  args: string[];
  /** Files of docker's configuration, by their names. */
  config?: Record<string, string>;
  env?: (folder: string) => Record<string, string>;
  /** What of it must be seen, so that it is known to have come this far; `null` for nothing. */
  shows?: RegExp | null;
  code?: number;
}

const message = (status: number) => () => json(status, { message: EVIL });
const raw = (text: string) => () => bytes(text);
const head = (fields: string, body = "") => raw(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`);

/** A request of each kind, refused in these words. */
const REFUSED: Record<string, { route: string; args: string[] }> = {
  "a create": { route: "POST /containers/create", args: ["run", "busybox"] },
  "a start": { route: "POST /containers/c0ffee/start", args: ["run", "busybox"] },
  "a detached start": { route: "POST /containers/c0ffee/start", args: ["run", "-d", "busybox"] },
  "an attach": { route: "POST /containers/c0ffee/attach", args: ["attach", "box"] },
  "a wait": { route: "POST /containers/c0ffee/wait", args: ["attach", "box"] },
  "an inspect": { route: "GET /containers/box/json", args: ["attach", "box"] },
  "a log": { route: "GET /containers/c0ffee/logs", args: ["attach", "--tail=3", "box"] },
  "an exec": { route: "POST /containers/box/exec", args: ["exec", "box", "x"] },
  "an exec's start": { route: "POST /exec/e4ec/start", args: ["exec", "box", "x"] },
  "an exec's detached start": { route: "POST /exec/e4ec/start", args: ["exec", "-d", "box", "x"] },
  "an exec of shell": { route: "POST /containers/box/exec", args: ["shell", "box"] },
  "a pull": { route: "POST /images/create", args: ["run", "--pull=always", "busybox"] },
  "a ping": { route: "HEAD /_ping", args: ["run", "busybox"] },
};

const CASES: Record<string, Case> = {
  "a refusal in plain text": {
    engine: (engine) => {
      new FakeContainer(engine);
      engine.on("POST /containers/c0ffee/attach", () => {
        return join([
          bytes(`HTTP/1.1 409 Conflict\r\nContent-Length: ${bytes(EVIL).length}\r\n\r\n${EVIL}`),
        ]);
      });
    },
    args: ["attach", "box"],
  },
  "a status line that is none": {
    engine: (engine) => engine.on("GET /containers/box/json", raw(`HTTP/9 ${EVIL}\r\n\r\n`)),
    args: ["attach", "box"],
  },
  "a malformed header": {
    engine: (engine) => {
      engine.on("GET /containers/box/json", head(`X Y: ${EVIL_WORD}`));
    },
    args: ["attach", "box"],
    shows: /malformed header/,
  },
  "a transfer coding": {
    engine: (engine) => {
      engine.on("GET /containers/box/json", head(`Transfer-Encoding: ${EVIL_WORD}`));
    },
    args: ["attach", "box"],
  },
  "a content length": {
    engine: (engine) => {
      engine.on("GET /containers/box/json", head(`Content-Length: ${EVIL_WORD}`));
    },
    args: ["attach", "box"],
  },
  "a chunk's size": {
    engine: (engine) => {
      const field = "Transfer-Encoding: chunked";
      engine.on("GET /containers/box/json", head(field, `${EVIL_WORD}\r\n`));
    },
    args: ["attach", "box"],
  },
  "the API's version": {
    engine: (engine) => engine.on("HEAD /_ping", head(`Api-Version: ${EVIL_WORD}`)),
    args: ["attach", "box"],
  },
  "an answer that is not JSON": {
    engine: (engine) => {
      const length = bytes(EVIL).length;
      engine.on("GET /containers/box/json", head(`Content-Length: ${length}`, EVIL));
    },
    args: ["attach", "box"],
  },
  "a container's id": {
    engine: (engine) => {
      engine.on("POST /containers/create", () => json(201, { Id: EVIL, Warnings: [] }));
    },
    args: ["run", "-d", "busybox"],
    shows: /did not say its id/,
  },
  "an exec's id": {
    engine: (engine) => {
      engine.on("POST /containers/box/exec", () => json(201, { Id: EVIL }));
    },
    args: ["exec", "box", "x"],
    shows: /did not say its id/,
  },
  "a warning of create": {
    engine: (engine) => {
      new FakeContainer(engine);
      engine.on("POST /containers/create", () => json(201, { Id: "c0ffee", Warnings: [EVIL] }));
    },
    args: ["run", "-d", "busybox"],
    shows: /^WARNING: evil.*over line.*\n$/,
    code: 0,
  },
  "an error of the wait": {
    engine: (engine) => {
      const container = new FakeContainer(engine);
      container.waited.then(() => container.exit(1, { Message: EVIL }));
    },
    args: ["attach", "--no-stdin", "box"],
  },
  "a wait that is answered by something else": {
    engine: (engine) => {
      new FakeContainer(engine);
      const length = bytes(EVIL).length;
      engine.on("POST /containers/c0ffee/wait", async ({ connection }) => {
        await connection.send(head(`Content-Length: ${length}`, EVIL)());
        (await engine.calls.find(({ route }) => route.endsWith("/attach")))?.connection.close();
      });
    },
    args: ["attach", "--no-stdin", "box"],
  },
  "an error in the stream": {
    engine: (engine) => {
      const container = new FakeContainer(engine);
      container.waited.then(() => container.write(frame(3, EVIL)));
    },
    args: ["attach", "--no-stdin", "box"],
    code: 125,
  },
  "the runtime's word that a command cannot be started": {
    engine: (engine) => {
      const exec = new FakeExec(engine);
      Object.assign(exec.state, { Running: false, ExitCode: 127, Pid: 0 });
      exec.started.then(async (stream) => {
        await stream.send(frame(1, `OCI runtime exec failed: ${EVIL}\r\n`));
        stream.close();
      });
    },
    args: ["exec", "box", "x"],
    code: 126,
  },
  "the news of a pull": {
    engine: (engine) => {
      new FakeContainer(engine);
      const lines = [
        { status: EVIL, id: EVIL },
        { status: EVIL },
        { status: EVIL, id: EVIL, progressDetail: { current: 1, total: 2, units: EVIL } },
        { status: EVIL, id: EVIL, progressDetail: {} },
      ].map((line) => `${JSON.stringify(line)}\n`).join("");
      const field = `Content-Length: ${bytes(lines).length}`;
      engine.on("POST /images/create", head(field, lines));
    },
    args: ["run", "-d", "--pull=always", "busybox"],
    shows: /evil/,
    code: 0,
  },
  "an error in the middle of a pull": {
    engine: (engine) => {
      const line = `${JSON.stringify({ error: EVIL, errorDetail: { message: EVIL } })}\n`;
      const field = `Content-Length: ${bytes(line).length}`;
      engine.on("POST /images/create", head(field, line));
    },
    args: ["run", "--pull=always", "busybox"],
    code: 125,
  },
  "a pull that is not JSON": {
    engine: (engine) => {
      engine.on("POST /images/create", head(`Content-Length: ${bytes(EVIL).length}`, EVIL));
    },
    args: ["run", "--pull=always", "busybox"],
    code: 125,
  },
  "containers' names, in did-you-mean": {
    engine: (engine) => {
      const names = [`/bo${EVIL}`, "/bo\x1b", "/bow", `/b\u202eo`];
      const message = "No such container: bo";
      engine.on("POST /containers/bo/start", () => json(404, { message }));
      engine.on("GET /containers/json", () => json(200, names.map((name) => ({ Names: [name] }))));
    },
    args: ["start", "bo"],
    shows: /no container named bo: did you mean bow\?/,
  },
  "containers' names, where none is like it": {
    engine: (engine) => {
      const message = "No such container: quite-another";
      engine.on("POST /containers/quite-another/start", () => json(404, { message }));
      engine.on("GET /containers/json", () => json(200, [{ Names: [`/${EVIL}`] }]));
    },
    args: ["start", "quite-another"],
    shows: /there are: none/,
  },
  "one of several that cannot be started": {
    engine: (engine) => {
      engine.on("POST /containers/a/start", message(500));
      engine.on("POST /containers/b/start", () => NO_CONTENT);
    },
    args: ["start", "a", "b"],
    shows: /^dockerpty start: evil.*over line.*\n$/,
    code: 1,
  },
  "containers' names, as completions": {
    engine: (engine) => {
      const names = [`/${EVIL}`, "/$(reboot)", "/a b", "/web"].map((name) => ({ Names: [name] }));
      engine.on("GET /containers/json", () => json(200, names));
    },
    args: ["__complete", "containers"],
    shows: null,
    code: 0,
  },
  "images' names, as completions": {
    engine: (engine) => {
      engine.on("GET /images/json", () => json(200, [{ RepoTags: [EVIL, "`x`:1", "a:1"] }]));
    },
    args: ["__complete", "images"],
    shows: null,
    code: 0,
  },
  "volumes' names, as completions": {
    engine: (engine) => {
      const Volumes = [{ Name: EVIL }, { Name: "$(reboot)" }, { Name: "a b" }, { Name: "v" }];
      engine.on("GET /volumes", () => json(200, { Volumes, Warnings: [EVIL] }));
    },
    args: ["__complete", "volumes"],
    shows: null,
    code: 0,
  },
  "networks' names, as completions": {
    engine: (engine) => {
      engine.on("GET /networks", () => json(200, [{ Name: EVIL }, { Name: ";x" }, { Name: "n" }]));
    },
    args: ["__complete", "networks"],
    shows: null,
    code: 0,
  },
  "the address of the engine": {
    args: ["attach", "box"],
    env: () => ({ DOCKER_HOST: `tcp://${EVIL_WORD}` }),
  },
  "the address of the engine, to permissions": {
    args: ["permissions"],
    env: () => ({ DOCKER_HOST: `unix:///evil\u009b31m\u202edrow` }),
    shows: null,
    code: 0,
  },
  "the name of a context": {
    args: ["--context", EVIL_WORD, "attach", "box"],
    env: () => ({ DOCKER_HOST: "" }),
  },
  "the chosen context in docker's configuration": {
    args: ["attach", "box"],
    config: { "config.json": JSON.stringify({ currentContext: EVIL }) },
    env: () => ({ DOCKER_HOST: "" }),
  },
  "the detach keys in docker's configuration": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["attach", "box"],
    config: { "config.json": JSON.stringify({ detachKeys: EVIL }) },
  },
  "a configuration of docker's that is not JSON": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["run", "-d", "busybox"],
    config: { "config.json": `{"x":${EVIL}` },
    shows: /^WARNING: cannot use .*config.json": it is not JSON[ -~]*\n$/,
    code: 0,
  },
  "ssh's words": {
    args: ["attach", "box"],
    config: { "ssh": `#!/bin/sh\nprintf '%s\\n' '${EVIL_WORD}' >&2\nexit 255\n` },
    env: (folder) => ({ DOCKER_HOST: "ssh://far", PATH: `${folder}:${Deno.env.get("PATH")}` }),
  },
  "the name of a recording": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["attach", "--record", `/nowhere/${EVIL_WORD}`, "box"],
  },
  "the name of a container, on the command line": { args: ["attach", EVIL_WORD] },
  "the name of an image, on the command line": { args: ["run", EVIL_WORD] },
  "a flag, on the command line": { args: ["run", `--${EVIL_WORD}`, "busybox"] },
  "a flag's value, on the command line": { args: ["run", "-m", EVIL_WORD, "busybox"] },
  "the name of a file, on the command line": { args: ["run", "--env-file", EVIL_WORD, "busybox"] },
  "a verb, on the command line": { args: [EVIL_WORD] },
};

for (const [what, { route, args }] of Object.entries(REFUSED)) {
  CASES[`${what} that is refused`] = {
    engine: (engine) => {
      new FakeContainer(engine);
      new FakeExec(engine);
      const isPing = route.endsWith("/_ping");
      engine.on(route, isPing ? raw(`HTTP/1.1 500 ${EVIL_WORD}\r\n\r\n`) : message(409));
      if (isPing) engine.on("GET /_ping", message(500));
    },
    args,
    // What is said of a ping is in its status.
    shows: route.endsWith("/_ping") ? /is not well/ : /evil/,
  };
}

for (
  const [what, { engine: script, args, config, env, shows = /evil/, code }] of Object.entries(CASES)
) {
  Deno.test(`security: printed: ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    await script?.(engine);
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      for (const [name, text] of Object.entries(config ?? {})) {
        await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o700 });
      }
      const result = await run(["--debug", ...args], {
        env: {
          DOCKER_HOST: engine.host,
          DOCKER_CONTEXT: "",
          DOCKER_CONFIG: folder,
          ...env?.(folder),
        },
      });
      if (code !== undefined) assertEquals(result.code, code, result.stderr);
      else assert(result.code > 0, "it is an error");
      for (const output of [result.text, result.stderr]) {
        // A line of the runtime's ends as at a terminal.
        assert(!ACTS.test(output.replace(/\r\n$/, "\n")), JSON.stringify(output));
      }
      if (shows !== null) assertMatch(result.stderr, shows);
      else assertMatch(result.text, /^[\w.:/=@, \ufffd'-]+\n$/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Any bytes that a program may write: they are its terminal's, and not ours to change. */
const STREAM = join([bytes(EVIL), Uint8Array.from({ length: 256 }, (_, byte) => byte)]);

for (const tty of [false, true]) {
  Deno.test(
    `security: printed: a session's own stream passes untouched, tty ${tty}`,
    LIMITED,
    async () => {
      await using engine = new ServedEngine();
      const container = new FakeContainer(engine, { tty });
      container.waited.then(async () => {
        await container.write(tty ? STREAM : join([frame(1, STREAM), frame(2, STREAM)]));
        await container.exit(0);
      });
      const [command, ...args] = dockerpty(["attach", "--no-stdin", "box"]);
      const { stdout, stderr, code } = await new Deno.Command(command, {
        args,
        env: { DOCKER_HOST: engine.host, DENO: Deno.execPath(), NO_COLOR: "1" },
        stdin: "null",
      }).output();
      assertEquals(code, 0);
      assertEquals(stdout, STREAM);
      assertEquals(stderr, tty ? new Uint8Array() : STREAM);
    },
  );
}

Deno.test(
  "security: printed: why the window's size is not taken, at a terminal",
  LIMITED,
  async () => {
    await using engine = new ServedEngine();
    const container = new FakeContainer(engine, { tty: true });
    engine.on("POST /containers/c0ffee/resize", message(500));
    await using terminal = Terminal.spawn(dockerpty(["attach", "box"]), {
      env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath() },
    });
    await terminal.waitFor("cannot tell the container the window's size: evil", {
      timeout: 30_000,
    });
    await container.exit(0);
    assertEquals((await terminal.exit).code, 0);
    assertEquals(ACTS.test(terminal.rawText().replaceAll("\r\n", "\n")), false);
  },
);

/** A socket's path may have no C0 in it. */
// deno-lint-ignore no-control-regex -- they are what is taken out
const EVIL_PATH = EVIL_WORD.replaceAll(/[\0-\x1f\x7f/]/g, "");

/** Ways to name an engine, in words that a terminal would act on. */
const NAMED: Record<string, (folder: string) => { flags: string[]; env: Record<string, string> }> =
  {
    "--config": (folder) => ({ flags: ["--config", `${folder}/${EVIL_WORD}`], env: {} }),
    "-H": (folder) => ({
      flags: ["-H", `unix://${folder}/${EVIL_PATH}`],
      env: { DOCKER_HOST: "unix:///nowhere" },
    }),
    "--context": (folder) => ({
      flags: ["--context", EVIL_WORD],
      env: { DOCKER_HOST: "", DOCKER_CONFIG: folder },
    }),
  };

for (const [flag, name] of Object.entries(NAMED)) {
  Deno.test(`security: printed: how to re-attach, with ${flag}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const container = new FakeContainer(engine, { tty: true });
    const sized = Promise.withResolvers<void>();
    engine.on("POST /containers/c0ffee/resize", () => (sized.resolve(), NO_CONTENT));
    const folder = await Deno.makeTempDir({ prefix: "dockerpty-test-" });
    try {
      await Deno.symlink(engine.host.slice("unix://".length), `${folder}/${EVIL_PATH}`);
      const hash = await crypto.subtle.digest("SHA-256", bytes(EVIL_WORD));
      const meta = `${folder}/contexts/meta/${new Uint8Array(hash).toHex()}`;
      await Deno.mkdir(meta, { recursive: true });
      const context = { Name: EVIL_WORD, Endpoints: { docker: { Host: engine.host } } };
      await Deno.writeTextFile(`${meta}/meta.json`, JSON.stringify(context));
      const { flags, env } = name(folder);
      await using terminal = Terminal.spawn(dockerpty([...flags, "attach", "box"]), {
        env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath(), ...env },
        cols: 1000,
      });
      await container.attached;
      // It is told the size once the terminal is raw.
      await sized.promise;
      terminal.type("\x10\x11");
      assertEquals((await terminal.exit).code, 0);
      const text = terminal.rawText();
      assertMatch(text, /dockerpty: detached; re-attach with: dockerpty .*evil.* attach box/);
      assertEquals(ACTS.test(text.replaceAll("\r\n", "\n")), false, JSON.stringify(text));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const notPassed: [what: string, args: string[], serve: (engine: ServedEngine) => Served][] = [
  ["of an attach", ["attach", "--no-stdin", "box"], (engine) => {
    const container = new FakeContainer(engine);
    engine.on("POST /containers/c0ffee/kill", message(500));
    return { ready: () => container.write(frame(1, "ready\n")), end: () => container.exit(0) };
  }],
  ["of an exec", ["exec", "box", "x"], (engine) => {
    const exec = new FakeExec(engine);
    const created = () => json(201, { Id: exec.id });
    engine.on("POST /containers/box/exec", created, message(500));
    return { ready: () => exec.write(frame(1, "ready\n")), end: () => exec.exit(0) };
  }],
];

/** A process that a test plays. */
interface Served {
  ready: () => Promise<void>;
  end: () => Promise<void>;
}

for (const [what, args, serve] of notPassed) {
  Deno.test(`security: printed: why a signal is not passed on, ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const { ready, end } = serve(engine);
    await using live = new Live(args, { env: { DOCKER_HOST: engine.host } });
    await ready();
    await live.waitFor("ready\n");
    live.kill("SIGUSR2");
    await live.waitFor("\n", { stream: "stderr" });
    await end();
    const { code, stderr } = await live.end();
    assertEquals(code, 0);
    assertMatch(stderr, /^[^\n]*cannot pass SIGUSR2 on: [^\n]*evil[^\n]* over line[^\n]*\n$/);
    assertEquals(ACTS.test(stderr), false, JSON.stringify(stderr));
  });
}

Deno.test("security: printed: the news of a pull, at a terminal", LIMITED, async () => {
  await using engine = new ServedEngine();
  new FakeContainer(engine);
  await CASES["the news of a pull"].engine!(engine);
  await using terminal = Terminal.spawn(dockerpty(CASES["the news of a pull"].args), {
    env: { ...Deno.env.toObject(), DOCKER_HOST: engine.host, DENO: Deno.execPath() },
  });
  assertEquals((await terminal.exit).code, 0);
  // Its own movements, from line to line, and no others.
  // deno-lint-ignore no-control-regex
  const shown = terminal.rawText().replaceAll(/\x1b\[\d+[AB]|\x1b\[2K|\r/g, "");
  assertMatch(shown, /evil/);
  assertEquals(ACTS.test(shown), false, JSON.stringify(shown));
});

// What a refused attach is answered with comes as a stream's head would: it must not be taken for one.
Deno.test("security: printed: a stream's content type is not printed", LIMITED, async () => {
  await using engine = new ServedEngine();
  const container = new FakeContainer(engine);
  engine.on("POST /containers/c0ffee/attach", async ({ connection }) => {
    await connection.send(upgraded(EVIL_WORD));
    await connection.send(frame(1, "out"));
    connection.close();
    container.waited.then(async (wait) => {
      const answer = JSON.stringify({ StatusCode: 0 });
      await wait.send(`${answer.length.toString(16)}\r\n${answer}\r\n0\r\n\r\n`);
    });
  });
  const { code, text, stderr } = await run(["attach", "--no-stdin", "box"], {
    env: { DOCKER_HOST: engine.host },
  });
  assertEquals({ code, text, stderr }, { code: 0, text: "out", stderr: "" });
});
