/** Output on pipes: apart, in order, complete, byte for byte, and readers that are slow or leave. */
import { complaint } from "./errors.ts";
import { digest, joined } from "./live.ts";
import { exited, left, running, stopped } from "./observe.ts";
import { parity } from "./scenario.ts";
import { attach, exec, run, ticking, ways } from "./ways.ts";

for (const way of ways) {
  parity(`${way.verb}: stdout and stderr are apart`, {
    both: { code: 3, stdout: "out 1\nout 2\n", stderr: "err 1\nerr 2\n" },
  }, async (side) => {
    const script = "read go; for i in 1 2; do echo out $i; echo err $i >&2; done; exit 3";
    const { args } = await way.prepare(side, script, { stdin: true });
    return await side.run(args, { stdin: "go\n" });
  });

  parity(`${way.verb}: what is written in turns comes in turns, on one descriptor`, {
    both: { code: 0, stdout: "out a\nerr b\nout c\nerr d\n", stderr: "" },
  }, async (side) => {
    const script = "read x; echo out $x; read x; echo err $x >&2; read x; echo out $x; " +
      "read x; echo err $x >&2";
    const { args } = await way.prepare(side, script, { stdin: true });
    const live = side.live(args, { stdin: "piped", via: 'exec "$@" 2>&1' });
    for (const key of ["a", "b", "c", "d"]) {
      await live.write(`${key}\n`);
      await live.waitFor(` ${key}\n`);
    }
    return await live.end();
  });

  parity(`${way.verb}: bytes that are no text, on both streams`, {
    both: { code: 0, stdout: "0 1 127 128 192 254 255 10 13 27", stderr: "255 0 128" },
  }, async (side) => {
    const script = String.raw`read go; printf '\0\1\177\200\300\376\377\n\r\033'; ` +
      String.raw`printf '\377\0\200' >&2`;
    const { args } = await way.prepare(side, script, { stdin: true });
    const live = side.live(args, { stdin: "piped" });
    await live.feed("go\n");
    const { code } = await live.end();
    return { code, stdout: live.bytes().join(" "), stderr: live.bytes("stderr").join(" ") };
  });
}

parity("run: no output at all", {
  both: { code: 0, stdout: "", stderr: "" },
}, async (side) => await side.run((await run.prepare(side, "exit 0")).args));

parity("exec: an end without a line's end", {
  both: { code: 0, stdout: "no end", stderr: "either" },
}, async (side) => {
  const { args } = await exec.prepare(side, "printf 'no end'; printf either >&2");
  return await side.run(args);
});

/** A number of lines of six digits: output of a known length that shows where it is cut. */
const lines = (count: number) => `seq -w ${10 ** 6 - count} 999999`;
const allOf = async (count: number) => {
  const numbers = Array.from({ length: count }, (_, index) => `${10 ** 6 - count + index}\n`);
  return await digest(new TextEncoder().encode(numbers.join("")));
};

for (const way of [run, exec]) {
  parity(`${way.verb}: 4 MB of output are complete`, {
    both: { code: 0, stderr: "", output: await allOf(600_000) },
  }, async (side) => {
    const { args } = await way.prepare(side, lines(600_000), { logDriver: "none" });
    const live = side.live(args);
    const { code, stderr } = await live.end();
    return { code, stderr, output: await digest(live.bytes()) };
  });

  parity(`${way.verb}: a slow reader gets all of it`, {
    both: { code: 0, output: await allOf(150_000) },
  }, async (side) => {
    const { args } = await way.prepare(side, lines(150_000), { logDriver: "none" });
    const live = side.live(args, { read: false });
    const chunks: Uint8Array[] = [];
    for await (const chunk of live.child.stdout) {
      chunks.push(chunk);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { code } = await live.end();
    return { code, output: await digest(joined(chunks)) };
  });
}

for (const way of [run, exec]) {
  // docker's exec dies of the signal, its run does not take it: a shell's pipeline shows neither.
  parity(`${way.verb}: a reader that leaves`, {
    both: way === exec ? { code: 141, output: "850000", complaint: "", box: running } : {
      code: 1,
      output: "850000",
      complaint: { class: "broken pipe", about: [] },
      box: exited(0),
    },
  }, async (side) => {
    const { box, args } = await way.prepare(side, lines(150_000), { logDriver: "none" });
    const live = side.live(args, { read: false });
    const reader = live.child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const { code, stderr } = await live.end();
    if (way === run) await box.stopped();
    const output = new TextDecoder().decode(value!.subarray(0, 6));
    const told = stderr && complaint(side.client, "broken pipe", stderr);
    return { code, output, complaint: told, box: await left(box) };
  });
}

for (const [name, via] of [["stdout", 'exec "$@" >&-'], ["stderr", 'exec "$@" 2>&-']]) {
  parity(`exec: ${name} closed from the start`, {
    both: name === "stdout" ? { stdout: "", stderr: "err\n" } : { code: 4, stdout: "out\n" },
  }, async (side) => {
    const { args } = await exec.prepare(side, "echo out; echo err >&2; exit 4");
    return await side.run(args, { via });
  });
}

parity("exec: the process closes its output and runs on", {
  both: { code: 5, stdout: "out\n", stderr: "" },
}, async (side) => {
  const { args } = await exec.prepare(side, "echo out; exec >&- 2>&-; sleep 0.3; exit 5");
  return await side.run(args);
});

parity("run: the process closes its output and runs on", {
  both: { code: 5, stdout: "out\n", stderr: "", box: exited(5) },
}, async (side) => {
  const { box, args } = await run.prepare(side, "echo out; exec >&- 2>&-; sleep 0.3; exit 5");
  return { ...await side.run(args), box: await left(box) };
});

parity("exec: a child in the background that holds the output is waited for", {
  on: { podman: { both: { code: 0, stdout: "first\n", stderr: "" } } },
  both: { code: 0, stdout: "first\nlast\n", stderr: "" },
}, async (side) => {
  const { args } = await exec.prepare(side, "(sleep 0.3; echo last) & echo first");
  return await side.run(args);
});

parity("attach: two clients both get the output, and the code", {
  on: { podman: { inapplicable: "a second client may end the first one's session" } },
  both: { codes: [2, 2], last: ["over", "over"], box: exited(2) },
}, async (side) => {
  const { box, args } = await attach.prepare(side, ticking("read x; echo over; exit 2"), {
    stdin: true,
  });
  const first = side.live(args, { stdin: "piped" });
  await first.waitFor("tick");
  const second = side.live(["attach", "--no-stdin", box.name]);
  await second.waitFor("tick");
  await box.exec(["touch", "/tmp/go"]);
  await first.write("end\n");
  const ends = await Promise.all([first.end(), second.end()]);
  return {
    codes: ends.map(({ code }) => code),
    last: ends.map(({ stdout }) => stdout.split("\n").at(-2)),
    box: await stopped(box),
  };
});
