/** What the flags set for the process, and the ways in which flags can be written. */
import { complaint } from "./errors.ts";
import { left } from "./observe.ts";
import { type Expectation, type Outcome, parity } from "./scenario.ts";
import { networkFlags } from "../harness/network.ts";

/** What a command line of the two verbs that start processes is to print. */
interface Setting {
  flags: string[];
  /** The shell's script. */
  script: string;
  stdout: string;
  code?: number;
  env?: Record<string, string>;
  podman?: NonNullable<Expectation["on"]>["podman"];
}

const set = "env | grep ^P_ | sort";
const both: Record<string, Setting> = {
  "-e NAME=value": { flags: ["-e", "P_A=a b=c"], script: set, stdout: "P_A=a b=c\n" },
  "-e NAME, from the caller": {
    flags: ["-e", "P_HERE"],
    script: set,
    env: { P_HERE: "here" },
    stdout: "P_HERE=here\n",
  },
  "-e NAME, that the caller has not": {
    flags: ["-e", "P_NOT"],
    script: set,
    stdout: "",
    podman: { inapplicable: "its exec refuses a name without a value" },
  },
  "-e NAME=, empty": { flags: ["-e", "P_E="], script: set, stdout: "P_E=\n" },
  "-e twice, the last one counts": {
    flags: ["-eP_A=1", "-eP_A=2"],
    script: set,
    stdout: "P_A=2\n",
  },
  "--env=NAME=value, in one word": { flags: ["--env=P_A=1"], script: set, stdout: "P_A=1\n" },
  "-e with a value that is UTF-8 and has a newline": {
    flags: ["-e", "P_A=grün\nrot"],
    script: 'printf %s "$P_A"',
    stdout: "grün\nrot",
  },
  "-w": { flags: ["-w", "/tmp"], script: "pwd", stdout: "/tmp\n" },
  "-w=, joined": { flags: ["-w=/tmp"], script: "pwd", stdout: "/tmp\n" },
  "-u name": { flags: ["-u", "nobody"], script: "id -un", stdout: "nobody\n" },
  "-u uid:gid": { flags: ["-u12:34"], script: "id -u; id -g", stdout: "12\n34\n" },
  "-u that is in no file": { flags: ["--user", "4321"], script: "id -u", stdout: "4321\n" },
  "-t: TERM is set": { flags: ["-t"], script: "echo ${TERM-none}", stdout: "xterm\r\n" },
  "no -t: TERM is not set": {
    flags: [],
    script: "echo ${TERM-none}",
    stdout: "none\n",
    podman: { both: { code: 0, stdout: "xterm\n" } },
  },
  "-t -e TERM": {
    flags: ["-t", "-e", "TERM=vt100"],
    script: "echo ${TERM-none}",
    stdout: "vt100\r\n",
  },
  "--tty=false": {
    flags: ["-t", "--tty=false"],
    script: "[ -t 1 ] && echo terminal || echo pipe",
    stdout: "pipe\n",
  },
  "-i=0": { flags: ["-i=0"], script: "wc -c", stdout: "0\n" },
};

for (const verb of ["run", "exec"]) {
  for (const [name, { flags, script, stdout, code = 0, env, podman }] of Object.entries(both)) {
    parity(`${verb}: ${name}`, {
      both: { code, stdout, stderr: "" },
      on: podman && { podman },
    }, async (side) => {
      const command = ["sh", "-c", script];
      if (verb === "exec") {
        const box = await side.shared();
        return await side.run(["exec", ...flags, box.name, ...command], { env });
      }
      return await side.run(["run", "--rm", ...networkFlags, ...flags, "busybox", ...command], {
        env,
      });
    });
  }
}

const file = "# a comment\nP_A=1 # no comment\n\nP_Q='quoted'\n  P_HERE\nP_NOT\n";
for (const verb of ["run", "exec"]) {
  parity(`${verb}: --env-file`, {
    both: { code: 0, stdout: "P_A=1 # no comment\nP_HERE=here\nP_Q='quoted'\n", stderr: "" },
  }, async (side) => {
    const path = await side.file(file);
    const given = ["--env-file", path];
    const target = verb === "run"
      ? ["run", "--rm", ...networkFlags, ...given, "busybox"]
      : ["exec", ...given, (await side.shared()).name];
    return await side.run([...target, "sh", "-c", set], { env: { P_HERE: "here" } });
  });
}

/** A flag of run alone. */
interface RunSetting extends Pick<Setting, "flags" | "podman"> {
  command: string[];
  both: Outcome;
}

/** Flags of run alone: what the container prints, and what the engine has noted. */
const runOnly: Record<string, RunSetting> = {
  "--entrypoint": {
    flags: ["--entrypoint", "echo"],
    command: ["-n", "hi"],
    both: { code: 0, stdout: "hi" },
  },
  "--entrypoint, empty, resets the image's": {
    flags: ["--entrypoint", ""],
    command: ["echo", "hi"],
    both: { code: 0, stdout: "hi\n" },
  },
  "--log-driver none": {
    flags: ["--log-driver", "none"],
    command: ["echo", "hi"],
    both: { code: 0, stdout: "hi\n", logs: "none" },
  },
  "flags behind the image are the command's": {
    flags: [],
    command: ["echo", "--rm", "-it", "--", "--help"],
    both: { code: 0, stdout: "--rm -it -- --help\n" },
  },
  "-- ends the flags": {
    flags: ["--name=again", "--"],
    command: ["echo", "hi"],
    both: { code: 0, stdout: "hi\n" },
  },
  "--hostname": {
    flags: ["-h", "here.example"],
    command: ["hostname"],
    both: { code: 0, stdout: "here.example\n" },
  },
  "--init": {
    flags: ["--init=false", "--read-only"],
    command: ["sh", "-c", "touch /x 2>/dev/null || echo read-only"],
    both: { code: 0, stdout: "read-only\n" },
  },
  "--tmpfs": {
    flags: ["--tmpfs", "/mine:size=64k"],
    command: ["sh", "-c", "df -k /mine | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2"],
    both: { code: 0, stdout: "64\n" },
  },
  "--ulimit": {
    flags: ["--ulimit", "nofile=77:88"],
    command: ["sh", "-c", "ulimit -n; ulimit -Hn"],
    both: { code: 0, stdout: "77\n88\n" },
    podman: { inapplicable: "its runtime needs more files than that itself" },
  },
  "--cap-drop": {
    flags: ["--cap-drop", "ALL"],
    command: ["grep", "-c", "CapEff:\t0000000000000000", "/proc/self/status"],
    both: { code: 0, stdout: "1\n" },
  },
};

for (const [name, { flags, command, both, podman }] of Object.entries(runOnly)) {
  parity(`run: ${name}`, {
    both: { stderr: "", ...both },
    on: podman && { podman },
  }, async (side) => {
    const box = side.toCome();
    const given = ["run", ...networkFlags, "--name", box.name];
    const named = flags.map((flag) => flag === "--name=again" ? `--name=${box.name}` : flag);
    const ran = await side.run([...given, ...named, "busybox", ...command]);
    return { ...ran, logs: (await box.inspect()).HostConfig.LogConfig.Type };
  });
}

for (
  const [mode, stdout, content] of [["", "in a file", "changed"], [":ro", "in a file", "in a file"]]
) {
  parity(`run: -v FILE:/mine${mode}`, { both: { code: 0, stdout, content } }, async (side) => {
    const path = await side.file("in a file");
    const args = ["run", "--rm", ...networkFlags, "-v", `${path}:/mine${mode}`, "busybox"];
    const script = "cat /mine; printf changed >/mine || true";
    const { code, stdout } = await side.run([...args, "sh", "-c", `(${script}) 2>/dev/null`]);
    return { code, stdout, content: await Deno.readTextFile(path) };
  });
}

// Where the engine itself may not give all privileges, asking for them fails; so with both.
parity("run: --privileged", { both: { privileged: true } }, async (side) => {
  const box = side.toCome();
  const args = ["run", ...networkFlags, "--privileged", "--name", box.name, "busybox", "true"];
  const { code, stdout } = await side.run(args);
  return { code, stdout, privileged: (await box.inspect()).HostConfig.Privileged };
});

parity("exec: --privileged", { both: {} }, async (side) => {
  const box = await side.shared();
  const { code, stdout, stderr } = await side.run(["exec", "--privileged", box.name, "echo", "hi"]);
  // A failure is told on stdout by docker's CLI; see the scenarios of what cannot be started.
  return { code, text: (stdout + stderr).replace(/^dockerpty exec: /, "").trim() };
});

parity("run: --name that is taken", {
  both: { code: 125, stdout: "", box: { status: "running", code: 0 } },
}, async (side) => {
  const box = await side.idle();
  const ran = await side.run(["run", ...networkFlags, "--name", box.name, "busybox", "true"]);
  // The engine names the other container's id, and docker's CLI appends its advice.
  complaint(side.client, "refused by the engine", ran.stderr);
  return { code: ran.code, stdout: ran.stdout, box: await left(box) };
});

parity("run: -d prints the id, and the container runs on", {
  both: { code: 0, stdout: "<id>\n", stderr: "", box: { status: "running", code: 0 } },
}, async (side) => {
  const box = side.toCome();
  const args = ["run", "-d", ...networkFlags, "--name", box.name, "busybox", "sleep", "60"];
  return { ...await side.run(args), box: await left(box) };
});

parity("exec: -d prints nothing, and the process runs on", {
  both: { code: 0, stdout: "", stderr: "", processes: ["cat", "sleep 60"] },
}, async (side) => {
  const box = await side.idle();
  const ran = await side.run(["exec", "-d", box.name, "sleep", "60"]);
  return { ...ran, processes: await box.processes() };
});
