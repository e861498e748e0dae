/** Detaching: the keys, in whatever way they are typed, and what becomes of client and container. */
import { assertEquals } from "@std/assert";
import {
  atTerminal,
  bytewise,
  dump,
  intact,
  join,
  joinRaw,
  line,
  output,
  written,
} from "./at_terminal.ts";
import { engine } from "./engines.ts";
import { exited, left, running } from "./observe.ts";
import { type Differs, parity } from "./scenario.ts";
import { attach, exec, run, start, type Way, ways } from "./ways.ts";

/** How docker's verbs end after a detach, and what they say. */
const dockers: Record<Way["verb"], { code: number; says: string }> = {
  run: { code: 0, says: "" },
  start: { code: 0, says: "" },
  attach: { code: 1, says: "read escape sequence" },
  exec: { code: 1, says: "read escape sequence" },
};

function leaving(way: Way, why = "leaving on purpose is no failure, and how to come back is told") {
  return {
    why,
    thread: "d11wtq/dockerpty#63",
    docker: dockers[way.verb],
    dockerpty: {
      code: 0,
      says: way === exec
        ? "dockerpty: detached; the command runs on in <name>"
        : "dockerpty: detached; re-attach with: dockerpty attach <name>",
    },
  } satisfies Differs;
}

/** The last line that the client wrote before it ended. */
const says = (text: string) => text.trim().split(/[\r\n]+/).at(-1)!;

const ctrl = (key: string) => String.fromCharCode(key.charCodeAt(0) & 0x1f);
const idle = bytewise("for i in $(seq 200); do sleep 0.05; done");

for (const way of ways) {
  parity(`${way.verb} -it: ctrl-p ctrl-q detaches`, {
    both: { box: running, ...intact },
    differs: leaving(way),
  }, (side) =>
    atTerminal(side, async (shell) => {
      const box = await join(shell, side, way, idle);
      shell.type(ctrl("P") + ctrl("Q"));
      const code = await shell.finished();
      return { code, says: says(output(shell)), box: await left(box) };
    }));
}

/** Other keys, in the pieces that they are typed in. */
const keys: Record<string, { flags: string[]; pieces: string[] }> = {
  "ctrl-p, and ctrl-q some time later": { flags: [], pieces: [ctrl("P"), ctrl("Q")] },
  "keys typed among others": { flags: [], pieces: [`ab${ctrl("P")}${ctrl("Q")}`] },
  "--detach-keys ctrl-a,d": { flags: ["--detach-keys", "ctrl-a,d"], pieces: [ctrl("A"), "d"] },
  "--detach-keys=x, a single one": { flags: ["--detach-keys=x"], pieces: ["x"] },
  "--detach-keys DEL,+": { flags: ["--detach-keys", "DEL,+"], pieces: ["\x7f+"] },
  "--detach-keys ctrl-@,ctrl-[": { flags: ["--detach-keys", "ctrl-@,ctrl-["], pieces: ["\0\x1b"] },
  "--detach-keys a,b,c,d in halves": { flags: ["--detach-keys", "a,b,c,d"], pieces: ["ab", "cd"] },
  "--detach-keys '', the default": { flags: ["--detach-keys", ""], pieces: [ctrl("P"), ctrl("Q")] },
};
for (const [name, { flags, pieces }] of Object.entries(keys)) {
  parity(`run -it: detaching by ${name}`, {
    both: { code: 0, box: running, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const box = await join(shell, side, run, idle, { flags });
      for (const piece of pieces) {
        shell.type(piece);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { code: await shell.finished(), box: await left(box) };
    }));
}

for (const way of [attach, exec, start]) {
  parity(`${way.verb} -it: detaching by --detach-keys ctrl-x`, {
    both: { box: running, ...intact },
    differs: leaving(way),
  }, (side) =>
    atTerminal(side, async (shell) => {
      const flags = ["--detach-keys", "ctrl-x"];
      const box = await join(shell, side, way, idle, { flags });
      shell.type(ctrl("X"));
      const code = await shell.finished();
      return { code, says: says(output(shell)), box: await left(box) };
    }));
}

for (
  const [name, flags, typed, bytes] of [
    ["the first key and another", [], `${ctrl("P")}a`, "10 61"],
    ["the keys in the wrong order", [], `${ctrl("Q")}${ctrl("P")}z`, "11 10 7a"],
    [
      "the default keys, where there are others",
      ["--detach-keys", "ctrl-x,x"],
      "\x10\x11",
      "10 11",
    ],
    ["two of three keys", ["--detach-keys", "a,b,c"], "abz", "61 62 7a"],
  ] as const
) {
  parity(`run -it: ${name} reach the process`, {
    both: { code: 0, output: bytes, ...intact },
  }, (side) =>
    atTerminal(side, async (shell) => {
      await join(shell, side, run, dump(typed.length), { flags: [...flags] });
      shell.type(typed);
      const code = await shell.finished();
      return { code, output: output(shell).trim() };
    }));
}

parity("run -it: the first key twice, and the second, detaches", {
  both: { ...intact },
  differs: {
    why: "a repeated first key does not defeat the sequence",
    thread: "moby#32895",
    docker: { code: 0, says: "10 10 11", box: exited(0) },
    dockerpty: {
      code: 0,
      says: "dockerpty: detached; re-attach with: dockerpty attach <name>",
      box: running,
    },
  },
}, (side) =>
  atTerminal(side, async (shell) => {
    const box = await join(shell, side, run, dump(3));
    shell.type(ctrl("P") + ctrl("P") + ctrl("Q"));
    const code = await shell.finished();
    return { code, says: says(output(shell)), box: await left(box) };
  }));

for (const way of [run, attach, exec]) {
  parity(`${way.verb} -it: ctrl-p alone reaches the process in a moment`, {
    both: { code: 0, bytes: "1061", ...intact },
    differs: {
      why: "the key is the shell's for the line before; docker keeps it until the next one",
      thread: "moby#32895",
      docker: { alone: false },
      dockerpty: { alone: true },
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      // The first byte is told as soon as it is there.
      // dd takes no more than it is to: of two bytes that come at once, one stays.
      const script = bytewise("for i in 1 2; do dd bs=1 count=1 2>/dev/null | od -An -tx1; done");
      await join(shell, side, way, script);
      shell.type(ctrl("P"));
      const shown = () => /^(?:[^]*ready)?\s*10\s*$/.test(written(shell));
      // Twice as long as dockerpty holds it back.
      const alone = await shell.waitFor(shown, { timeout: 1100 }).then(() => true, () => false);
      shell.type("a");
      const code = await shell.finished();
      return { code, alone, bytes: output(shell).replaceAll(/\s/g, "") };
    }));
}

for (const way of [run, exec]) {
  parity(`${way.verb} -it: --detach-keys none`, {
    both: { ...intact },
    differs: {
      why: "there is a way to switch detaching off; docker refuses the word",
      thread: "docker/for-linux#528",
      docker: {
        code: 1,
        output: way === run || engine === "podman"
          ? "unable to upgrade to tcp, received 4xx"
          : "Error response from daemon: Invalid escape keys (none) provided",
      },
      dockerpty: { code: 0, output: "10 11" },
    },
  }, (side) =>
    atTerminal(side, async (shell) => {
      const flags = ["--detach-keys", "none"];
      const script = dump(2);
      if (side.client === "docker") {
        const { args } = await way.prepare(side, script, { tty: true, stdin: true, flags });
        shell.run(line(args));
      } else {
        await join(shell, side, way, script, { flags });
        shell.type(ctrl("P") + ctrl("Q"));
      }
      const code = await shell.finished();
      // Podman answers with 500.
      return { code, output: output(shell).trim().replace(/received \d+/, "received 4xx") };
    }));
}

parity("run -it, detached, attach: the session goes on, and its code is the client's", {
  both: { output: "kept\r\n", box: exited(7), ...intact },
  differs: {
    why: "leaving on purpose is no failure",
    thread: "d11wtq/dockerpty#63",
    docker: { codes: [0, 1, 7] },
    dockerpty: { codes: [0, 0, 7] },
  },
}, (side) =>
  atTerminal(side, async (shell) => {
    const script = "stty -echo; echo ready; read x; read go; echo $x; exit 7";
    const box = await join(shell, side, run, script);
    shell.type("kept\r");
    shell.type(ctrl("P") + ctrl("Q"));
    const codes = [await shell.finished()];
    await joinRaw(shell, ["attach", box.name]);
    shell.type(ctrl("P") + ctrl("Q"));
    codes.push(await shell.finished());
    await joinRaw(shell, ["attach", box.name]);
    shell.type("go\r");
    codes.push(await shell.finished());
    return { codes, output: output(shell), box: await left(box) };
  }));

parity("run -it: detaching while output floods in", {
  both: { code: 0, box: running, ...intact },
}, (side) =>
  atTerminal(side, async (shell) => {
    const script = bytewise("for i in $(seq 40); do seq 20000; done; sleep 20");
    const box = await join(shell, side, run, script, { logDriver: "none" });
    shell.type(ctrl("P") + ctrl("Q"));
    const code = await shell.finished();
    assertEquals((await box.state()).Running, true);
    return { code, box: await left(box) };
  }));
