/** Processes that a soak looks at: what they do goes on until they are told to end. */
import { spawn } from "@lydell/node-pty";
import { TextLineStream } from "@std/streams/text-line-stream";
import { commandEnv, dockerpty } from "../harness/command.ts";

/** A process at its work. */
export interface Subject {
  name: string;
  pid: number;
  /** How much it has done. */
  done: () => number;
  /** What its program still held, in KiB, each time that what it no longer needs was collected. */
  held?: readonly number[];
  /** Ends it; throws if it did something wrong in the meantime. */
  end: () => Promise<void>;
}

/** A program that opens sessions of all kinds, and ends them in all ways. */
export function churn(container: string, workers: number): Subject {
  const script = new URL("./churn.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--v8-flags=--expose-gc", script, container, `${workers}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let done = 0;
  const held: number[] = [];
  const counting = (async () => {
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [, kib] = /^held (\d+)$/.exec(line) ?? [];
      if (kib === undefined) done++;
      else held.push(Number(kib));
    }
  })();
  const errors = new Response(child.stderr).text();
  return {
    name: "the library: sessions of all kinds",
    pid: child.pid,
    done: () => done,
    held,
    end: async () => {
      await child.stdin.close().catch(() => {});
      const [{ code }, words] = await Promise.all([child.status, errors, counting]);
      if (code !== 0) throw new Error(`${script} ended with code ${code}: ${words}`);
    },
  };
}

/** A window that is open all day: somebody types, and drags its corner now and then. */
export function window(container: string): Subject {
  const command = ["sh", "-c", "echo ready; exec cat"];
  const [file, ...args] = dockerpty(["exec", "-it", container, ...command]);
  const pty = spawn(file, args, { rows: 24, cols: 80, env: commandEnv(), encoding: null });
  let typed = 0;
  let seen = "";
  let ready = false;
  let done = 0;
  pty.onData((data) => {
    const lines = (seen + new TextDecoder().decode(data as unknown as Uint8Array)).split("\r\n");
    seen = lines.pop()!;
    // What is typed before would come once more, from this terminal itself.
    if (ready) done += lines.length;
    else ready = lines.includes("ready");
  });
  const exit = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  const typing = setInterval(() => {
    if (!ready) return;
    pty.write(`line ${typed++}\r`);
    if (typed % 20 === 0) pty.resize(80 + typed % 50, 24 + typed % 10);
  }, 50);
  return {
    name: "the command: a window",
    pid: pty.pid,
    done: () => done,
    end: async () => {
      clearInterval(typing);
      const deadline = performance.now() + 60_000;
      // Each line comes twice: as the terminal's echo, and from the program.
      while (done < 2 * typed && performance.now() < deadline) await sleep(100);
      pty.write("\x04");
      const code = await exit;
      if (code !== 0 || done !== 2 * typed) {
        throw new Error(`the window ended with code ${code}, with ${done} of ${2 * typed} lines`);
      }
    },
  };
}

/** A pipe that is never idle. */
export function pipe(container: string): Subject {
  const [command, ...args] = dockerpty(["exec", "-i", container, "cat"]);
  const child = new Deno.Command(command, {
    args,
    env: commandEnv(),
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let over = false;
  let sent = 0;
  let back = 0;
  const feeding = (async () => {
    const writer = child.stdin.getWriter();
    const block = new Uint8Array(64 * 1024);
    while (!over) {
      await writer.write(block);
      sent += block.length;
      await sleep(20);
    }
    await writer.close();
  })();
  const reading = (async () => {
    for await (const bytes of child.stdout) back += bytes.length;
  })();
  return {
    name: "the command: a pipe",
    pid: child.pid,
    done: () => Math.floor(back / 1e6),
    end: async () => {
      over = true;
      const [{ code }] = await Promise.all([child.status, feeding, reading]);
      if (code !== 0 || sent !== back) {
        throw new Error(`the pipe ended with code ${code}, with ${back} of ${sent} bytes`);
      }
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
