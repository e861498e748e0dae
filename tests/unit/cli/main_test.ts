import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { commandHelp, verbHelp } from "../../../src/cli/help.ts";
import { VERBS } from "../../../src/cli/verbs.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Runs the command where there is no engine, terminal or permission to ask for one. */
async function command(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "src/cli/main.ts", ...args],
    cwd: ROOT,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

Deno.test("help and version go to stdout, with the code 0", async () => {
  assertEquals(await command("--help"), { code: 0, out: commandHelp(), err: "" });
  assertEquals((await command()).out, commandHelp());
  const exec = VERBS.get("exec")!;
  const help = verbHelp(exec, (await exec.load()).flags);
  assertEquals(await command("exec", "--help"), { code: 0, out: help, err: "" });
  for (const line of [["help", "exec"], ["exec", "-h"], ["-D", "exec", "-h"]]) {
    assertEquals(await command(...line), { code: 0, out: help, err: "" }, line.join(" "));
  }
  assertEquals((await command("help")).out, commandHelp());
  assertEquals((await command("-h")).out, commandHelp());
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assertEquals((await command("--version")).out, `dockerpty version ${version}\n`);
});

const REFUSED: [string[], number, RegExp][] = [
  [["run", "--unknown", "busybox"], 125, /^dockerpty run: unknown flag: --unknown.*--help\n$/],
  [["exec", "-w"], 125, /^dockerpty exec: flag needs an argument: 'w' in -w.*--help\n$/],
  [["exec", "box"], 1, /^dockerpty exec: .*at least 2 arguments.*--help\n$/],
  [["attach", "one", "two"], 1, /^dockerpty attach: .*1 argument .*--help\n$/],
  [["help", "fly"], 1, /^dockerpty help: unknown help topic "fly".*--help\n$/],
  [["help", "run", "fly"], 1, /^dockerpty help: unknown help topic "fly".*--help\n$/],
  [
    ["permissions", "run", "exec"],
    1,
    /^dockerpty permissions: .*at most 1 argument \(.*2 were.*\n$/,
  ],
  // As with docker, letters behind the verb are the verb's.
  [["run", "-h"], 125, /^dockerpty run: flag needs an argument: 'h' in -h.*\n$/],
  [["exec", "-c", "x", "a", "b"], 125, /^dockerpty exec: unknown shorthand flag: 'c' in -c.*\n$/],
  [["attach", "-H", "x", "a"], 125, /^dockerpty attach: unknown shorthand flag: 'H' in -H.*\n$/],
  [["--config", "/c", "attach", "a"], 1, /^dockerpty: .*--config.*--allow-env=DOCKER_CONFIG\n$/],
  [
    ["attach", "a"],
    1,
    /docker\.sock.*; DOCKER_HOST could not be read: .*--allow-env=DOCKER_HOST\n$/,
  ],
  [["exec", "--force", "a", "b"], 125, /^dockerpty exec: --force needs a file.*--record FILE\n$/],
  [["run", "--record-input", "a"], 125, /^dockerpty run: --record-input needs.*--record FILE\n$/],
  [["run", "-d", "--record", "x", "a"], 125, /^dockerpty run: --record needs.*--detach.*\n$/],
  [["exec", "-d", "--record=x", "a", "b"], 125, /^dockerpty exec: --record needs.*--detach.*\n$/],
  [["attach", "--record=", "a"], 125, /^dockerpty attach: --record needs.*--record FILE\n$/],
  [["-l", "loud", "attach", "a"], 1, /^dockerpty: unable to parse logging level: "loud": .*\n$/],
  [["--log-level=Warn", "fly"], 1, /^dockerpty: unknown command "fly".*--help\n$/],
  [
    ["runn"],
    1,
    /^dockerpty: unknown command "runn" \(did you mean run\?\); see dockerpty --help\n$/,
  ],
  [
    ["exec", "--intractive", "box", "sh"],
    125,
    /^dockerpty exec: unknown flag: --intractive \(did you mean --interactive\?\); see .*--help\n$/,
  ],
  [["fly"], 1, /^dockerpty: unknown command "fly".*--help\n$/],
  [["-H", "ftp://x", "attach", "box"], 1, /^dockerpty attach: .*"ftp:\/\/x".*\n$/],
  [["-H", "ftp://x", "run", "busybox"], 125, /^dockerpty run: .*"ftp:\/\/x".*\n$/],
  [["-H", "tcp://\x1b[2J\n", "attach", "a"], 1, /^dockerpty attach: [ -~]*\n$/],
  [["-H", "/run/x\r\n", "attach", "a"], 1, /^dockerpty attach: [ -~]*\n$/],
  [["-H", "unix:///x", "exec", "a", "b"], 1, /--allow-read=\/x --allow-write=\/x --allow-net=/],
  [["-H", "unix:///x", "run", "a"], 125, /--allow-read=\/x --allow-write=\/x --allow-net=/],
];

Deno.test("what is refused is one line on stderr, with docker's code", async () => {
  // At once: each takes a moment to start.
  await Promise.all(REFUSED.map(async ([args, expected, line]) => {
    const { code, out, err } = await command(...args);
    assertMatch(err, line);
    assertEquals([code, out, err.split("\n").length], [expected, "", 2], args.join(" "));
  }));
});

Deno.test("--debug, before the verb or behind it, shows the stack as well", async () => {
  const attach = ["-H", "ftp://x", "attach"];
  const lines = [["--debug", ...attach, "a"], [...attach, "--debug", "a"], [
    "-l=debug",
    ...attach,
    "a",
  ]];
  for (const line of lines) {
    const { code, err } = await command(...line);
    assertEquals(code, 1);
    assertStringIncludes(err, "EndpointError");
    assertMatch(err, /\n {4}at /);
  }
});
