import { assertEquals, assertStringIncludes } from "@std/assert";
import { bashScript } from "../../../src/cli/completion/bash.ts";
import { fishScript } from "../../../src/cli/completion/fish.ts";
import { loadTable } from "../../../src/cli/completion/table.ts";
import { zshScript } from "../../../src/cli/completion/zsh.ts";
import { VERBS } from "../../../src/cli/verbs.ts";

const table = await loadTable([...VERBS.values()]);

for (const [shell, script] of Object.entries({ bashScript, zshScript, fishScript })) {
  Deno.test(`${shell} has every verb and every flag, and none that is hidden`, () => {
    const text = script(table);
    for (const { verb, flags } of table.verbs) {
      assertStringIncludes(text, verb.name);
      const prefix = shell === "fishScript" ? "-l " : "--";
      for (const { name } of flags) assertStringIncludes(text, `${prefix}${name}`);
    }
    assertEquals(text.includes("kernel-memory"), false);
  });
}

const hasBash = await new Deno.Command("bash", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);
if (!hasBash) console.error("SKIPPED bash's completions: there is no bash on this machine");

/** What bash would offer for a line, with an engine that has these names. */
async function completed(...lines: string[][]): Promise<string[]> {
  const script = `dockerpty() {
  case $2 in
    containers) echo web db ;; images) echo busybox debian:12 ;;
    running) if [[ "$*" == *far:2376* ]]; then echo "\${@:3}" | tr ' /' '=_'; else echo web; fi ;;
    networks) echo mine none ;; volumes) echo data ;; contexts) echo default far ;;
  esac
}
${bashScript(table)}
try() {
  COMP_LINE="$*" COMP_POINT=\${#COMP_LINE}
  _dockerpty
  echo "\${COMPREPLY[*]}"
}
${lines.map((words) => `try ${words.map((word) => `'${word}'`).join(" ")}`).join("\n")}`;
  const { stdout } = await new Deno.Command("bash", { args: ["--norc", "-c", script] }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test({
  name: "bash completes verbs, flags, their values, and the engine's names",
  ignore: !hasBash,
  fn: async () => {
    const expected: [words: string, offered: string][] = [
      ["", table.verbs.map(({ verb }) => verb.name).join(" ")],
      ["ru", "run"],
      ["-H x ru", "run"],
      ["--context f", "far"],
      ["run -c ", ""],
      ["exec --context ", "default far"],
      ["--vers", "--version"],
      ["run --memory-s", "--memory-swap --memory-swappiness"],
      ["run --pull ", "always missing never"],
      ["run -it --restart un", "unless-stopped"],
      ["run b", "busybox"],
      // Of what is behind a colon, as bash replaces that alone.
      ["run debian:1", "12"],
      ["-H tcp://far:2376 exec -u root ", "-H=tcp:__far:2376=exec=-u=root"],
      ["run -m 5m --rm b", "busybox"],
      ["run --memory=5m b", "busybox"],
      ["run busybox ", ""],
      ["run --network m", "mine"],
      ["run --network=m", "mine"],
      ["run --tty=", "auto true false"],
      ["--log-level=w", "warn warning"],
      ["run -v d", "data"],
      ["exec ", "web"],
      ["exec -u root ", "web"],
      ["exec web ", ""],
      ["exec web --env", ""],
      ["start d", "db"],
      ["start web d", "db"],
      ["attach ", "web"],
      ["shell ", "web"],
      ["completion ", "bash zsh fish"],
      ["help comp", "completion"],
      ["permissions ex", "exec"],
    ];
    const offered = await completed(
      ...expected.map(([words]) => ["dockerpty", ...words.split(" ")]),
    );
    const rows = expected.map(([words], index) => [words, offered[index] ?? ""]);
    assertEquals(rows, expected);
  },
});
