/** The code that the client ends with, and what becomes of the container. */
import { request } from "../harness/engine_api.ts";
import { networkFlags } from "../harness/network.ts";
import { until } from "../harness/until.ts";
import { complaint } from "./errors.ts";
import { exited, left, running, stopped } from "./observe.ts";
import { type Outcome, parity } from "./scenario.ts";
import { attach, exec, start, ways } from "./ways.ts";

/** Whether the engine can; where none answers, the tests are skipped whatever this says. */
const limitsMemory = await request("GET", "/info").then(
  (answer) => (answer.json() as { MemoryLimit?: boolean }).MemoryLimit === true,
  () => true,
);

for (const way of ways) {
  for (const code of [0, 7, 255]) {
    parity(`${way.verb}: exit code ${code}`, {
      both: {
        code,
        stdout: `exits ${code}\n`,
        stderr: "",
        box: way === exec ? running : exited(code),
      },
    }, async (side) => {
      const { box, args } = await way.prepare(side, "read code; echo exits $code; exit $code", {
        stdin: true,
      });
      return { ...await side.run(args, { stdin: `${code}\n` }), box: await left(box) };
    });
  }

  if (way === exec) continue;
  for (const [signal, code] of [["KILL", 137], ["TERM", 143]] as const) {
    parity(`${way.verb}: the container is ended by SIG${signal}`, {
      both: { code, stdout: "ready\n", box: exited(code) },
    }, async (side) => {
      // exec: a shell that is the first process would not die of a signal without a trap.
      const trap = signal === "TERM" ? "trap 'exit 143' TERM;" : "";
      const { box, args } = await way.prepare(
        side,
        `${trap} read go; echo ready; while :; do read x || sleep 0.05; done`,
        { stdin: true },
      );
      const live = side.live(args, { stdin: "piped" });
      await live.write("go\n");
      await live.waitFor("ready");
      await box.kill(signal);
      // A read that waits would keep the shell from its trap.
      if (signal === "TERM") await live.write("\n").catch(() => {});
      return { ...await live.end(), box: await left(box) };
    });
  }
}

for (const [signal, code] of [["KILL", 137], ["TERM", 143], ["HUP", 129]] as const) {
  parity(`exec: the process is ended by SIG${signal}`, {
    both: { code, stdout: "", stderr: "", box: running },
  }, async (side) => {
    const { box, args } = await exec.prepare(side, `kill -${signal} $$`);
    return { ...await side.run(args), box: await left(box) };
  });
}

for (const code of [125, 126, 127]) {
  parity(`exec: exit code ${code}, the process's own`, {
    both: { code, stdout: "", stderr: "" },
  }, async (side) => {
    const { args } = await exec.prepare(side, `exit ${code}`);
    return await side.run(args);
  });
}

parity("exec: the container ends under it", {
  both: { code: 137, stdout: "ready\n", box: exited(137) },
}, async (side) => {
  const { box, args } = await exec.prepare(side, "echo ready; exec sleep 60", { own: true });
  const live = side.live(args);
  await live.waitFor("ready");
  await box.kill();
  return { ...await live.end(), box: await stopped(box) };
});

/**
 * Takes more memory than a container of 16 MB has, in one process alone: of several, now one would be
 * killed and now another, and a shell that is left says so.
 */
const hog = "exec dd if=/dev/zero of=/dev/null bs=100000000 count=1";
const LITTLE = 16 << 20;

/** {@linkcode parity}, where the engine limits memory. */
const withLittleMemory: typeof parity = (name, expectation, drive) => {
  if (limitsMemory) return parity(name, expectation, drive);
  console.error(`SKIPPED parity: ${name}: the engine does not limit memory here`);
  // Ignored, and not left out: so that it is counted as skipped, which CI does not let pass.
  Deno.test({ name: `parity: ${name}`, ignore: true, fn: () => {} });
};

withLittleMemory("run: the container is killed for want of memory", {
  both: { code: 137, stdout: "ready\n", box: exited(137) },
}, async (side) => {
  const box = side.toCome();
  const flags = [...networkFlags, "--memory", "16m", "--memory-swap", "16m"];
  const args = ["run", ...flags, "--name", box.name, "busybox", "sh", "-c", `echo ready; ${hog}`];
  const run = await side.run(args);
  return { ...run, box: await leftOf(box) };
});

for (const { verb, joins } of [start, attach]) {
  withLittleMemory(`${verb}: the container is killed for want of memory`, {
    both: { code: 137, stdout: "ready\n", box: exited(137) },
  }, async (side) => {
    const box = await side.container({
      cmd: ["sh", "-c", `read go; echo ready; ${hog}`],
      openStdin: true,
      stdinOnce: true,
      hostConfig: { Memory: LITTLE, MemorySwap: LITTLE },
      start: joins,
    });
    const args = verb === "start" ? ["start", "-ai", box.name] : ["attach", box.name];
    const live = side.live(args, { stdin: "piped" });
    await live.write("go\n");
    return { ...await live.end(), box: await leftOf(box) };
  });
}

withLittleMemory("exec: the process is killed for want of memory, and the container runs on", {
  both: { code: 137, stdout: "ready\n", status: "running" },
}, async (side) => {
  const box = side.toCome();
  const flags = ["-di", ...networkFlags, "--memory", "16m", "--memory-swap", "16m"];
  await side.run(["run", ...flags, "--name", box.name, "busybox", "cat"]);
  const exec = await side.run(["exec", box.name, "sh", "-c", `echo ready; ${hog}`]);
  return { ...exec, status: (await left(box)).status };
});

/** What is left; without why it was killed, which the engine may come to know a moment later only. */
async function leftOf(box: Parameters<typeof left>[0]): Promise<Outcome> {
  const { oom: _, ...rest } = await left(box);
  return rest;
}

parity("run --rm: the code, and the container is gone", {
  on: { podman: { inapplicable: "docker's CLI gets 0 for the code of what is removed, at times" } },
  both: { code: 6, stdout: "", stderr: "", box: { status: "removed" } },
}, async (side) => {
  const box = side.toCome();
  const args = ["run", "--rm", ...networkFlags, "--name", box.name, "busybox"];
  return { ...await side.run([...args, "sh", "-c", "exit 6"]), box: await left(box) };
});

for (
  const [command, code, words] of [
    ["/nope", 127, "no such file or directory"],
    ["nope", 127, "executable file not found"],
    ["/etc", 126, "permission denied"],
    ["/etc/passwd", 126, "permission denied"],
  ] as const
) {
  for (const [flags, box] of [[[], "created"], [["--rm"], "removed"]] as const) {
    parity(`run ${[...flags, ""].join(" ")}${command}: cannot be started`, {
      both: { code, stdout: "", words: true, box },
      on: {
        podman: {
          both: { stdout: "" },
          differs: {
            why: "Podman refuses the attach already; of that docker's CLI tells the status only",
            thread: "-",
            docker: { code: 1, words: false, box: "either" },
            dockerpty: { code, words: true, box },
          },
        },
      },
    }, async (side) => {
      const box = side.toCome();
      const args = ["run", ...flags, ...networkFlags, "--name", box.name, "busybox", command];
      const { code, stdout, stderr } = await side.run(args);
      // With docker's CLI, the engine may still be removing it.
      if (flags.length > 0 && code > 1) await until(() => gone(box), { what: "the removal" });
      return {
        code,
        stdout,
        words: stderr.includes(words),
        complaint: code === 1 || stderr.includes("preparing container")
          ? undefined
          : complaint(side.client, "refused by the engine", stderr),
        // docker's CLI asks Podman for the removal, and does not wait for it.
        box: code === 1 ? "either" : (await left(box)).status,
      };
    });
  }
}

const gone = async (box: Parameters<typeof left>[0]) => !await box.exists();
