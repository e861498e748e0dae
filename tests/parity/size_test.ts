/** The terminal's size, its modes while the session has it, and what is written to it. */
import { atTerminal, bytewise, intact, join, line, output, written } from "./at_terminal.ts";
import type { Shell } from "../harness/shell.ts";
import { until } from "../harness/until.ts";
import { digest } from "./live.ts";
import { exited, left } from "./observe.ts";
import { parity } from "./scenario.ts";
import { exec, run, start, type Way, ways } from "./ways.ts";

/**
 * Waits for the container's terminal to have a size; not for ever, if it never does. (busybox's stty
 * may complain when the size changes just then.)
 */
const untilSize = (size: string) =>
  `for i in $(seq 2000); do [ "$(stty size 2>/dev/null)" = "${size}" ] && break; sleep 0.02; done`;
/** The same, told. */
const sizeAt = (size: string) => `${untilSize(size)}; stty size`;
/** Says so when the container's terminal has its first size, and then one of 25 rows. */
const following = `stty -echo; echo ready; ${untilSize("20 70")}; echo sized; ` +
  'for i in $(seq 2000); do [ "$(stty size 2>/dev/null | cut -c 1-3)" = "25 " ] && break; ' +
  "sleep 0.02; done; echo following";

/** Resizes until the client follows: docker's CLI misses what comes too early (moby#35407). */
async function follows(shell: Shell): Promise<void> {
  await shell.waitFor(() => /sized\r\n/.test(written(shell)));
  let cols = 80;
  await until(() => {
    shell.resize(25, cols++);
    return /following\r\n/.test(written(shell));
  }, { what: "the client to follow the window's size", interval: 50 });
}

for (const way of ways) {
  parity(`${way.verb} -it: the size at first`, {
    both: { code: 0, output: "31 91\r\n", ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, `stty -echo; echo ready; ${sizeAt("31 91")}; read x`);
      shell.type("\r");
      return { code: await shell.finished(), output: output(shell) };
    }, { rows: 31, cols: 91 }));

  parity(`${way.verb} -it: five quick resizes, the last one stays`, {
    both: { code: 0, output: "sized\r\nfollowing\r\n28 105\r\n", ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, `${following}; ${sizeAt("28 105")}`);
      await follows(shell);
      const sizes = [[30, 100], [30, 101], [30, 98], [28, 98], [28, 105]];
      for (const [rows, cols] of sizes) shell.resize(rows, cols);
      return { code: await shell.finished(), output: output(shell) };
    }));

  parity(`${way.verb} -it: the terminal's modes in the session`, {
    both: { code: 0, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, way, "stty -echo; echo ready; read x");
      const during = await shell.modes();
      shell.type("\r");
      return { code: await shell.finished(), during };
    }));
}

for (const [rows, cols] of [[2, 2], [300, 700]]) {
  parity(`run -it: a size of ${rows}x${cols}`, {
    both: { code: 0, size: `sized\r\nfollowing\r\n${rows} ${cols}`, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const script = `${following}; ${sizeAt(`${rows} ${cols}`)}`;
      await join(shell, side, run, script);
      await follows(shell);
      shell.resize(rows, cols);
      const code = await shell.finished();
      // Back to where the prompt has its place.
      shell.resize(20, 70);
      return { code, size: output(shell).trim() };
    }));
}

parity("run -it: the size is there for what asks at once", {
  both: { code: 0, output: "21 71\r\n", ...intact },
  on: {
    docker20: { inapplicable: "this engine takes no size before the start" },
    podman: { inapplicable: "this engine takes no size before the start" },
  },
}, (side) =>
  atTerminal(side, async (shell) => {
    const { args } = await run.prepare(side, "stty size", { tty: true, stdin: true });
    const { code, output } = await shell.runToEnd(line(args));
    return { code, output };
  }, { rows: 21, cols: 71 }));

for (const way of [run, start, exec]) {
  parity(`${way.verb} -it: what is written arrives byte for byte`, {
    both: { code: 9, output: "A\nB\r\nC\t\x1b[1mD\x1b[m\ufffd\n", ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const script = String.raw`printf 'A\nB\r\nC\t\033[1mD\033[m\377\n'; exit 9`;
      const { args } = await way.prepare(side, `stty -opost; ${script}`, {
        tty: true,
        stdin: true,
      });
      const { code, output } = await shell.runToEnd(line(args));
      return { code, output };
    }));
}

parity("run -it: UTF-8 that is written in pieces", {
  both: { code: 0, output: "世界\r\n", ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    const bytes = Array.from(new TextEncoder().encode("世界"), (byte) => `\\${byte.toString(8)}`);
    const script = bytes.map((byte) => `printf '${byte}'; sleep 0.02`).join("; ");
    const { args } = await run.prepare(side, `${script}; echo`, { tty: true, stdin: true });
    const { code, output } = await shell.runToEnd(line(args));
    return { code, output };
  }));

async function flood(way: Way): Promise<void> {
  const numbers = Array.from({ length: 100_000 }, (_, index) => `${900_000 + index}\r\n`).join("");
  const whole = await digest(new TextEncoder().encode(numbers));
  parity(`${way.verb} -it: a flood of 800 KB`, {
    both: { code: 0, output: whole, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const { args } = await way.prepare(side, "seq 900000 999999", {
        tty: true,
        stdin: true,
        logDriver: "none",
      });
      shell.run(line(args));
      // Looking through all of it at every piece would take longer than all else.
      const prompts = () => shell.rawText(Math.max(shell.raw.length - 30, 0)).endsWith("]$ ");
      await until(prompts, { what: "the shell's prompt", interval: 50 });
      const code = await shell.finished();
      return { code, output: await digest(new TextEncoder().encode(shell.output)) };
    }));
}
await flood(run);
await flood(exec);

parity("run -it: keys get through while output floods in", {
  both: { code: 33, box: exited(33), ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    const script =
      "stty -echo; trap 'exit 33' INT; echo ready; for i in $(seq 60); do seq 20000; done";
    const box = await join(shell, side, run, script, { logDriver: "none" });
    shell.type("\x03");
    return { code: await shell.finished(), box: await left(box) };
  }));

parity("run -it: full-screen output leaves the same screen", {
  both: { code: 0, ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    const script = String.raw`printf '\033[2J\033[3;5Hthree\n\nfive\033[7;1Hseven\033[K\033[9;1H'`;
    await join(shell, side, run, bytewise(`${script}; read x`));
    await shell.waitFor(() => written(shell).includes("\x1b[9;1H"));
    const screen = shell.screen();
    shell.type("\n");
    return { code: await shell.finished(), screen };
  }));
