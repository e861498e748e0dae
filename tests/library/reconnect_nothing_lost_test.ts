/** `reconnect: true`: a session that has lost nothing is told so, whatever its output looks like. */
import { assertEquals } from "@std/assert";
import { Relay } from "../engine/relay.ts";
import { container, type ContainerOptions, testWithEngine } from "../harness/engine.ts";
import { until } from "../harness/until.ts";
import { isPodman } from "../engine/piped.ts";
import { collect, watched } from "./reconnecting.ts";

interface Case {
  /** What the container runs before it waits, and behind that. */
  script: readonly [before: string, after: string];
  /** How much the session shows before it is cut, in characters. */
  shown: number;
  /** The end of what it shows at last. */
  end: { stdout?: string; stderr?: string };
  /** Whether the container runs before there is a session. */
  attached?: boolean;
  tty?: boolean;
  /** @default {1} */
  cuts?: number;
  /** Whether it cannot be told by Podman's log, which has what there is of a line as one of its own. */
  untoldByPodman?: boolean;
}

const progress = (count: number) => `awk 'BEGIN { while (i++ < ${count}) printf "\\r%10d", i }'`;

const cases: Record<string, Case> = {
  "lines that repeat themselves": {
    script: ["yes tick | head -n 2000", "echo tock"],
    shown: 10_000,
    end: { stdout: "tick\ntock\n" },
    untoldByPodman: true,
  },
  "a stream that was quiet for long": {
    script: ["echo starting >&2; seq 1500", "echo oops >&2"],
    attached: true,
    shown: 0,
    end: { stderr: "oops\n" },
  },
  "a line in which it is cut twice": {
    script: ["printf abc", "echo def"],
    cuts: 2,
    shown: 3,
    end: { stdout: "abcdef\n" },
    untoldByPodman: true,
  },
  "a line without an end": {
    script: [":", progress(6000)],
    shown: 0,
    end: { stdout: "\r      5999\r      6000" },
    untoldByPodman: true,
  },
  "a line without an end, at a tty": {
    script: [":", progress(6000)],
    shown: 0,
    tty: true,
    end: { stdout: "\r      5999\r      6000" },
    untoldByPodman: true,
  },
};

for (
  const [name, { script, shown, end, attached = false, tty, cuts = 1, untoldByPodman }] of Object
    .entries(cases)
) {
  testWithEngine(`library: reconnect: nothing is missing of ${name}`, async () => {
    await using relay = new Relay();
    const { client, events, options } = watched(relay);
    const create: ContainerOptions = {
      cmd: ["sh", "-c", script.join("; until [ -e /go ]; do usleep 20000; done; ") + "; exit 4"],
      start: attached,
      tty,
    };
    await using box = await container(create);
    if (attached) {
      const written = async () => (await box.logs()).stdout.endsWith("\n1500\n");
      await until(written, { what: "the log" });
    }
    await using session = attached
      ? await client.attach(box.name, options)
      : await client.start(box.name, options);
    const stdout = collect(session.stdout);
    const stderr = session.stderr && collect(session.stderr);
    await until(() => stdout.text.length >= shown, { what: "the beginning" });
    for (let cut = 1; cut <= cuts; cut++) {
      relay.cut();
      await until(() => events.length === 2 * cut, { what: "the return" });
    }
    await box.exec(["touch", "/go"]);
    assertEquals(await session.status, { reason: "exited", code: 4 });
    await Promise.all([stdout.ended, stderr?.ended]);
    const last = (text: string, { length }: string) => length === 0 ? "" : text.slice(-length);
    const expected = { stdout: "", stderr: "", ...end };
    assertEquals({
      stdout: last(stdout.text, expected.stdout),
      stderr: last(stderr?.text ?? "", expected.stderr),
    }, expected);
    if (untoldByPodman && await isPodman()) return;
    const told = Array(cuts).fill([{ state: "lost" }, { state: "attached", complete: true }]);
    assertEquals(events, told.flat());
  });
}
