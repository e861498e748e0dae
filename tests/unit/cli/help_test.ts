import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { type Flag, FLAGS_BEFORE, globalFlagsAmong } from "../../../src/cli/flags.ts";
import { commandHelp, verbHelp } from "../../../src/cli/help.ts";
import { VERBS } from "../../../src/cli/verbs.ts";

/** What docker's own command line calls the same (docker 20.10 and later). */
const DOCKERS: Record<string, string> = {
  run: "detach/d detach-keys entrypoint env/e interactive/i log-driver name network pull rm " +
    "sig-proxy tty/t user/u volume/v workdir/w",
  start: "attach/a detach-keys interactive/i",
  attach: "detach-keys no-stdin sig-proxy",
  exec: "detach/d detach-keys env/e interactive/i privileged tty/t user/u workdir/w",
};

/** Checks that a help shows a flag with its letter, its value and what it does. */
function assertShown(help: string, flag: Flag): void {
  const row = `${flag.short ? `-${flag.short}, ` : "    "}--${flag.name}`;
  const line = help.split("\n").find((line) =>
    line.trim().split(/ {2,}/)[0] ===
      `${row}${flag.value ? ` ${flag.value}` : ""}`.trim()
  );
  assert(line !== undefined, `${row} is not in:\n${help}`);
  assertStringIncludes(help.replaceAll(/\s+/g, " "), flag.help);
}

for (const [name, verb] of VERBS) {
  Deno.test(`the help of ${name} shows every flag of its table, and the global ones`, async () => {
    const { flags } = await verb.load();
    const help = verbHelp(verb, flags);
    assertStringIncludes(help, `dockerpty ${name} [OPTIONS] ${verb.operands}`);
    assertStringIncludes(help, verb.summary);
    for (const flag of [...flags, ...globalFlagsAmong(flags)]) {
      if (!flag.hidden) assertShown(help, flag);
    }
  });

  Deno.test(`${name} has docker's flags, under docker's names`, async () => {
    if (!(name in DOCKERS)) return;
    const flags = new Map((await verb.load()).flags.map(({ name, short }) => [name, short]));
    for (const flag of DOCKERS[name].split(" ")) {
      const [long, short] = flag.split("/");
      assert(flags.has(long), `--${long} is missing`);
      assertEquals(flags.get(long), short, `--${long}`);
    }
  });

  Deno.test(`no two flags of ${name} have one name or letter, and lists are in order`, async () => {
    const { flags: own } = await verb.load();
    const flags = [...own, ...globalFlagsAmong(own)];
    const names = flags.flatMap(({ name, otherNames = [] }) => [name, ...otherNames]);
    assertEquals(names.filter((name, index) => names.indexOf(name) !== index), []);
    const letters = flags.flatMap(({ short }) => short ?? []);
    assertEquals(letters.filter((letter, index) => letters.indexOf(letter) !== index), []);
  });
}

Deno.test("the command's help shows the verbs and the flags before them", () => {
  const help = commandHelp();
  for (const [name, { summary, hidden }] of VERBS) {
    if (hidden) continue;
    assert(help.split("\n").some((line) => line.startsWith(`  ${name} `)), name);
    assertStringIncludes(help.replaceAll(/\s+/g, " "), summary);
  }
  for (const flag of FLAGS_BEFORE) assertShown(help, flag);
});

Deno.test("no line of a help is wider than 100 characters, and it ends with a line feed", async () => {
  const verbs = [...VERBS.values()].map(async (verb) => verbHelp(verb, (await verb.load()).flags));
  for (const help of [commandHelp(), ...await Promise.all(verbs)]) {
    for (const line of help.split("\n")) assertGreater(101, line.length, line);
    assertEquals(help.endsWith("\n") && !help.endsWith("\n\n"), true);
  }
});
