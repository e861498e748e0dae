/** Input on pipes: its end, its absence, its never ending, and bytes in both directions. */
import { digest } from "./live.ts";
import { exited, left, running } from "./observe.ts";
import { parity } from "./scenario.ts";
import { attach, exec, run, start, ticking, ways } from "./ways.ts";

for (const way of ways) {
  parity(`${way.verb}: empty stdin`, {
    both: { code: 0, stdout: "0\n", stderr: "", box: way === exec ? running : exited(0) },
  }, async (side) => {
    const { box, args } = await way.prepare(side, "wc -c", { stdin: true });
    return { ...await side.run(args, { stdin: "" }), box: await left(box) };
  });

  parity(`${way.verb}: after the end of stdin the output goes on`, {
    both: { code: 3, stdout: "got in\nlater\n", stderr: "" },
  }, async (side) => {
    const script = 'x=$(cat); echo "got $x"; sleep 0.2; echo later; exit 3';
    const { args } = await way.prepare(side, script, { stdin: true });
    return await side.run(args, { stdin: "in" });
  });

  parity(`${way.verb}: stdin that never ends does not hold the end up`, {
    both: { code: 4, stdout: "line\n", stderr: "" },
  }, async (side) => {
    const { args } = await way.prepare(side, "read x; echo $x; exit 4", { stdin: true });
    const live = side.live(args, { stdin: "piped" });
    await live.write("line\n");
    return await live.end();
  });

  parity(`${way.verb}: 1.5 MB of all bytes, in and out again`, {
    both: { code: 0, stderr: "", output: await digest(noise()) },
  }, async (side) => {
    const { args } = await way.prepare(side, "cat", { stdin: true, logDriver: "none" });
    const live = side.live(args, { stdin: "piped" });
    await live.feed(noise());
    const { code, stderr } = await live.end();
    return { code, stderr, output: await digest(live.bytes()) };
  });
}

for (const way of [run, exec, start]) {
  parity(`${way.verb}: without -i, stdin is not read`, {
    both: { code: 0, stdout: "0\nleft over\n", stderr: "" },
  }, async (side) => {
    const { args } = await way.prepare(side, "wc -c");
    return await side.run(args, { stdin: "left over\n", via: '"$@" && cat' });
  });
}

parity("run: the process reads a part of stdin and ends", {
  on: {
    podman: { inapplicable: "it resets the connection, which fails docker's CLI at times" },
  },
  both: { code: 0, stdout: "first", stderr: "", box: exited(0) },
}, async (side) => {
  const { box, args } = await run.prepare(side, "head -c 5", { stdin: true });
  const input = new Uint8Array(noise().length);
  input.set(new TextEncoder().encode("first"));
  return { ...await side.run(args, { stdin: input }), box: await left(box) };
});

parity("exec: the process reads a part of stdin and ends", {
  on: {
    podman: { inapplicable: "it resets the connection, which fails docker's CLI at times" },
  },
  both: { code: 0, stdout: "first", stderr: "" },
}, async (side) => {
  const { args } = await exec.prepare(side, "head -c 5", { stdin: true });
  const input = new Uint8Array(noise().length);
  input.set(new TextEncoder().encode("first"));
  return await side.run(args, { stdin: input });
});

parity("exec: the process closes its stdin and runs on", {
  on: {
    podman: { inapplicable: "it resets the connection, which fails docker's CLI at times" },
  },
  both: { code: 6, stdout: "on\n", stderr: "" },
}, async (side) => {
  const { args } = await exec.prepare(side, "exec <&-; sleep 0.2; echo on; exit 6", {
    stdin: true,
  });
  return await side.run(args, { stdin: noise() });
});

parity("exec: stdin closed from the start", {
  both: { code: 0, stdout: "0\n", stderr: "" },
}, async (side) => {
  const { args } = await exec.prepare(side, "wc -c", { stdin: true });
  return await side.run(args, { via: 'exec "$@" <&-' });
});

parity("exec: stdin from a file", {
  both: { code: 0, stdout: "in a file", stderr: "" },
}, async (side) => {
  const path = await side.file("in a file");
  const { args } = await exec.prepare(side, "cat", { stdin: true });
  return await side.run(args, { via: `exec "$@" <${path}` });
});

parity("run: input in pieces is passed on piece by piece", {
  both: { code: 0, stdout: "<a>\n<b>\n<c>\n", stderr: "" },
}, async (side) => {
  const script = 'while read x; do echo "<$x>"; done';
  const { args } = await run.prepare(side, script, { stdin: true });
  const live = side.live(args, { stdin: "piped" });
  for (const piece of ["a", "b", "c"]) {
    await live.write(`${piece}\n`);
    await live.waitFor(`<${piece}>`);
  }
  await live.closeStdin();
  return await live.end();
});

parity("run -t: a pipe as stdin is not attached without -i, and lines end as a terminal's", {
  both: { code: 0, stdout: "a terminal\r\nerr\r\n", stderr: "" },
}, async (side) => {
  const { args } = await run.prepare(side, "tty -s && echo a terminal; echo err >&2", {
    tty: true,
  });
  return await side.run(args, { stdin: "in" });
});

parity("attach --no-stdin: stdin is left to whoever reads next", {
  both: { code: 2, last: "over", stderr: "for others\n", box: exited(2) },
}, async (side) => {
  const { box, args } = await attach.prepare(side, ticking("read x && exit 9; echo over; exit 2"), {
    stdin: true,
    flags: ["--no-stdin"],
  });
  const live = side.live(args, { stdin: "piped", via: '"$@"; code=$?; cat >&2; exit $code' });
  await live.feed("for others\n");
  await live.waitFor("tick");
  // The next client, at the end of whose input the process's own ends.
  const next = side.live(["attach", box.name]);
  await next.waitFor("tick");
  await box.exec(["touch", "/tmp/go"]);
  await next.end();
  const { code, stdout, stderr } = await live.end();
  return { code, last: stdout.split("\n").at(-2), stderr, box: await left(box) };
});

/** 1.5 MB in which every byte occurs, and no two blocks are alike. */
function noise(): Uint8Array<ArrayBuffer> {
  let state = 1;
  return Uint8Array.from({ length: 1.5 * 2 ** 20 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
