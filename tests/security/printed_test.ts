/** What an engine answers, in errors and warnings: no word of it moves the cursor. */
import { bytes, frame, join } from "../fakes/bytes.ts";
import { FakeContainer } from "../fakes/container.ts";
import { json, NO_CONTENT } from "../fakes/engine.ts";
import { FakeExec } from "../fakes/exec.ts";
import { type Case, EVIL, EVIL_WORD, head, message, raw, testPrinted } from "./printed.ts";

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
};

const CASES: Record<string, Case> = {
  "a ping that is refused": {
    engine: (engine) => {
      engine.on("HEAD /_ping", raw(`HTTP/1.1 500 ${EVIL_WORD}\r\n\r\n`));
      engine.on("GET /_ping", message(500));
    },
    args: ["run", "busybox"],
    // Neither the words of a status nor what comes with it.
    shows: /^dockerpty run: the engine at \S+ is not well: it answered 500 to GET \/_ping\n/,
  },
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
  "one of several that cannot be started": {
    engine: (engine) => {
      engine.on("POST /containers/a/start", message(500));
      engine.on("POST /containers/b/start", () => NO_CONTENT);
    },
    args: ["start", "a", "b"],
    shows: /^dockerpty start: evil.*over line.*\n$/,
    code: 1,
  },
};

for (const [what, { route, args }] of Object.entries(REFUSED)) {
  CASES[`${what} that is refused`] = {
    engine: (engine) => {
      new FakeContainer(engine);
      new FakeExec(engine);
      engine.on(route, message(409));
    },
    args,
    shows: /evil/,
  };
}

testPrinted(CASES);
