/** What is typed at a terminal: it reaches the process byte for byte, and as keys do. */
import { createHash } from "node:crypto";
import { atTerminal, bytewise, dump, intact, join, line, output } from "./at_terminal.ts";
import { exited, left, running } from "./observe.ts";
import { paste } from "./paste.ts";
import { parity } from "./scenario.ts";
import { attach, exec, run, start, ways } from "./ways.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array<ArrayBuffer>) => bytes.toHex();
/** What a dump shows, without its layout. */
const digits = (dumped: string) => dumped.replaceAll(/[^0-9a-f]/g, "");

/** Every control character; ctrl-q before ctrl-p, so that none are the keys to detach. */
const controls = Uint8Array.from({ length: 33 }, (_, index) => index === 0 ? 127 : 32 - index);

for (const way of [run, attach, exec]) {
  parity(`${way.verb} -it: every control character reaches the process`, {
    both: { code: 0, bytes: hex(controls), ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, dump(controls.length));
      await paste(shell, controls);
      const code = await shell.finished();
      return { code, bytes: digits(output(shell)) };
    }));
}

const text = encode("Grüße, 世界 🐳\r");
for (
  const [name, pieces] of [
    ["whole", [text]],
    ["in single bytes", Array.from(text, (byte) => Uint8Array.of(byte))],
  ] as const
) {
  parity(`run -it: UTF-8, ${name}`, {
    both: { code: 0, bytes: hex(text), ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, run, dump(text.length));
      for (const piece of pieces) {
        await paste(shell, piece);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const code = await shell.finished();
      return { code, bytes: digits(output(shell)) };
    }));
}

/** 100 KB of lines, as one pastes them. */
const pasted = encode(
  Array.from({ length: 2048 }, (_, index) => `${index}`.padEnd(49, "äöü€").slice(0, 30) + "\r")
    .join(""),
);

for (const way of [run, exec]) {
  parity(`${way.verb} -it: a paste of 100 KB`, {
    both: { code: 0, sum: md5(pasted), ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, bytewise(`head -c ${pasted.length} | md5sum`));
      await paste(shell, pasted);
      const code = await shell.finished();
      return { code, sum: output(shell).slice(0, 32) };
    }));
}

for (const way of ways) {
  parity(`${way.verb} -it: ctrl-c interrupts the process, not the client`, {
    both: {
      code: 33,
      output: "interrupted\r\n",
      box: way === exec ? running : exited(33),
      ...intact,
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const script = "stty -echo; trap 'echo interrupted; exit 33' INT; echo ready; " +
        "for i in $(seq 200); do sleep 0.05; done";
      const box = await join(shell, side, way, script);
      shell.type("\x03");
      const code = await shell.finished();
      return { code, output: output(shell), box: await left(box) };
    }));
}

parity("run -it: ctrl-\\ quits the process", {
  both: { code: 44, ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    const script = "stty -echo; trap 'exit 44' QUIT; echo ready; " +
      "for i in $(seq 200); do sleep 0.05; done";
    await join(shell, side, run, script);
    shell.type("\x1c");
    return { code: await shell.finished() };
  }));

parity("run -it: ctrl-z stops neither the client nor the first process", {
  both: { code: 0, output: "on\r\n", ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    await join(shell, side, run, "stty -echo; echo ready; read x; echo $x");
    shell.type("\x1a");
    shell.type("on\r");
    const code = await shell.finished();
    return { code, output: output(shell) };
  }));

for (const way of [run, exec]) {
  parity(`${way.verb} -it: ctrl-d ends the input`, {
    both: { code: 5, output: "line\r\nend\r\n", ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, "stty -echo; echo ready; cat; echo end; exit 5");
      shell.type("line\r");
      await shell.waitFor("line");
      shell.type("\x04");
      const code = await shell.finished();
      return { code, output: output(shell) };
    }));
}

for (const way of [run, start, exec]) {
  parity(`${way.verb} -it: what was typed before the session reaches it`, {
    both: { code: 0, got: true, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const { args } = await way.prepare(side, "read x; echo got $x", { tty: true, stdin: true });
      shell.run(line(args));
      shell.type("early keys\r");
      const code = await shell.finished();
      return { code, got: shell.output.includes("got early keys\r\n") };
    }));
}

for (const way of [run, exec]) {
  parity(`${way.verb} -t, without -i: keys are left to whoever reads next`, {
    both: { code: 3, typed: true, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const script = "echo ready; until [ -e /tmp/go ]; do sleep 0.02; done; exit 3";
      const { box, args } = await way.prepare(side, script, { tty: true, own: true });
      shell.run(line(args));
      await shell.waitForOutput(/\nready/);
      shell.type("echo typed $((40 + 2)) ahead\r");
      await box.exec(["touch", "/tmp/go"]);
      const code = await shell.finished();
      await shell.waitForOutput(/typed 42 ahead\r\nhere/);
      return { code, typed: true };
    }));
}

function md5(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash("md5").update(bytes).digest("hex");
}
