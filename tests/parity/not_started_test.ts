/** An exec's command that cannot be started: docker's CLI shows the engine's word as its output. */
import type { Outcome } from "./scenario.ts";
import { parity } from "./scenario.ts";

/** What is called, its code with docker's CLI on Docker 20.10 and later, and with ours. */
const commands: Record<string, { args: string[]; codes: [number, number]; ours: number }> = {
  "no such file": { args: ["/nope"], codes: [126, 127], ours: 127 },
  "no such command": { args: ["nope"], codes: [126, 127], ours: 127 },
  "a folder": { args: ["/etc"], codes: [126, 126], ours: 126 },
  "a file that is not executable": { args: ["/etc/passwd"], codes: [126, 126], ours: 126 },
  "an empty name": { args: [""], codes: [126, 127], ours: 127 },
};

const flagged: Record<
  string,
  { flags: string[]; codes: [number, number]; ours: [number, number] }
> = {
  "a working directory that is not there": {
    flags: ["-w", "/nope"],
    codes: [126, 127],
    ours: [126, 127],
  },
  "a working directory that is relative": {
    flags: ["-w", "nope"],
    codes: [126, 128],
    ours: [126, 126],
  },
};

const why = "the command's output is what the command wrote, and 127 tells that there is none";
const thread = "docker/cli#2025";

function notStarted(
  name: string,
  flags: string[],
  args: string[],
  codes: [number, number],
  ours: [number, number],
): void {
  const differs = (newer: 0 | 1) => ({
    why,
    thread,
    docker: { code: codes[newer], stdout: true, stderr: false } as Outcome,
    dockerpty: { code: ours[newer], stdout: false, stderr: true },
  });
  parity(`exec: cannot be started: ${name}`, {
    differs: differs(1),
    on: {
      docker20: { differs: differs(0) },
      // Podman tells it on stderr by itself.
      podman: { both: { stdout: false, stderr: true }, differs: undefined },
    },
  }, async (side) => {
    const box = await side.shared();
    const { code, stdout, stderr } = await side.run(["exec", ...flags, box.name, ...args]);
    const says = (text: string) => /exec failed|Cwd must be/.test(text);
    return { code, stdout: says(stdout), stderr: says(stderr) };
  });
}

for (const [name, { args, codes, ours }] of Object.entries(commands)) {
  notStarted(name, [], args, codes, [ours, ours]);
}
for (const [name, { flags, codes, ours }] of Object.entries(flagged)) {
  notStarted(name, flags, ["true"], codes, ours);
}

parity("exec: output that only looks like the engine's word stays output", {
  both: { code: 126, stdout: "OCI runtime exec failed: exec failed\n", stderr: "" },
}, async (side) => {
  const box = await side.shared();
  const script = "echo OCI runtime exec failed: exec failed; exit 126";
  return await side.run(["exec", box.name, "sh", "-c", script]);
});
