/** Standard streams that are closed, full, a folder, or the wrong way round. */
import { assertEquals } from "@std/assert";
import { dockerpty, underTest } from "../harness/command.ts";
import { testWithEngine } from "../harness/engine.ts";
import { networkFlags } from "../harness/network.ts";
import { Live } from "./live.ts";
import { permitted, socketGrants } from "./permitted.ts";
import { temporaryFolder } from "./piped.ts";

const both = "echo out; echo err >&2; exit 4";
const cannot = "dockerpty run: cannot write the output: No space left on device\n";

const readOnly = "dockerpty run: cannot write the output: Bad file descriptor\n";

interface Ended {
  code: number;
  stdout?: string;
  stderr?: string;
}

/** What a shell redirects, the container's command, and how that ends. */
const CASES: [name: string, flags: string, command: string, redirected: string, ended: Ended][] = [
  ["stdin closed", "-i", "cat; exit 4", "<&-", { code: 4 }],
  ["stdin closed, with no -i", "", both, "<&-", { code: 4, stdout: "out\n", stderr: "err\n" }],
  ["stdin a folder", "-i", "wc -c; exit 4", "</tmp", { code: 4, stdout: "0\n" }],
  ["stdin write-only", "-i", "wc -c; exit 4", "0>/dev/null", { code: 4, stdout: "0\n" }],
  ["stdin and stdout swapped", "-i", "cat; exit 4", "0>/dev/null 1</dev/null", { code: 4 }],
  ["stdout closed", "", both, ">&-", { code: 4, stderr: "err\n" }],
  ["stderr closed", "", both, "2>&-", { code: 4, stdout: "out\n" }],
  ["all closed", "-i", both, "<&- >&- 2>&-", { code: 4 }],
  ["stdout full", "", "echo out; exit 4", ">/dev/full", { code: 1, stderr: cannot }],
  ["stdout full, with a tty", "-t", "echo out; exit 4", ">/dev/full", { code: 1, stderr: cannot }],
  ["stdout full, by much", "", "head -c 200000 /dev/zero", ">/dev/full", {
    code: 1,
    stderr: cannot,
  }],
  ["stdout read-only", "", "echo out; exit 4", "1</dev/null", { code: 1, stderr: readOnly }],
  ["stderr full", "", "echo err >&2; exit 4", "2>/dev/full", { code: 1 }],
  ["an error, and stderr full", "--nothing", "true", "2>/dev/full", { code: 125 }],
  ["an error, and stderr closed", "--nothing", "true", "2>&-", { code: 125 }],
];

const three = "for i in 1 2 3; do echo $i; echo $i >&2; sleep 0.2; done";

for (const more of [[], ["--allow-ffi"], ["--allow-ffi", "--allow-read"]]) {
  testWithEngine(`command: descriptors: files keep what was there, ${more.join(" ")}`, async () => {
    await using folder = await temporaryFolder();
    const file = `${folder.path}/a`;
    for (
      const [redirected, before, after] of [
        [">", "", "1\n2\n3\n"],
        [">>", "there before\n", "there before\n1\n2\n3\n"],
        ["2>&1 >>", "there before\n", "there before\n1\n2\n3\n"],
      ]
    ) {
      await Deno.writeTextFile(file, before);
      const args = ["run", "--rm", ...networkFlags, "busybox", "sh", "-c", three];
      const argv = permitted([...socketGrants, ...more], args).map((word) => `'${word}'`);
      const script = `${argv.join(" ")} ${redirected}${file}`;
      await using live = new Live([], { argv: ["sh", "-c", script], stdin: "null" });
      const { code } = await live.end({ timeout: 60_000 });
      assertEquals([code, await Deno.readTextFile(file)], [0, after], redirected);
    }
  }, { limit: 120_000, ignore: Deno.build.os !== "linux" || underTest === "docker" });
}

for (const [name, flags, command, redirected, ended] of CASES) {
  testWithEngine(`command: descriptors: ${name}`, async () => {
    const argv = dockerpty([]).map((word) => `'${word}'`);
    const line = [...argv, "run --rm --network none", flags, `busybox sh -c '${command}'`];
    const script = `${line.join(" ")} ${redirected}`;
    await using live = new Live([], { argv: ["sh", "-c", script], stdin: "null" });
    const { code, stdout, stderr } = await live.end({ timeout: 60_000 });
    assertEquals({ code, stdout, stderr }, { stdout: "", stderr: "", ...ended });
  }, { limit: 90_000, ignore: Deno.build.os !== "linux" });
}
