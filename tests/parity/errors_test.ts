/** Command lines, names and values that cannot be: the class of the error, its code, nothing more. */
import type { Side } from "./side.ts";
import { complaint, type ErrorClass } from "./errors.ts";
import { type Expectation, parity } from "./scenario.ts";
import { networkFlags } from "../harness/network.ts";

/** A command line that fails. `BOX` in it is an idle container. */
interface Failing extends Expectation {
  args: string[];
  code: number;
  class: ErrorClass;
}

function failing(name: string, { args, code, class: kind, ...expectation }: Failing): void {
  parity(`errors: ${name}`, { ...expectation, both: { code, stdout: "" } }, async (side: Side) => {
    const box = args.includes("BOX") ? await side.shared() : undefined;
    const ran = await side.run(args.map((arg) => arg === "BOX" ? box!.name : arg));
    return {
      code: ran.code,
      stdout: ran.stdout,
      complaint: complaint(side.client, kind, ran.stderr),
    };
  });
}

const run = ["run", "--rm", ...networkFlags];

failing("an unknown verb", { args: ["nope"], code: 1, class: "unknown verb" });
failing("an unknown flag before the verb", { args: ["--nope"], code: 125, class: "unknown flag" });
for (const verb of ["run", "start", "attach", "exec"]) {
  failing(`${verb}: nothing given`, { args: [verb], code: 1, class: "too few operands" });
  failing(`${verb}: an unknown flag`, {
    args: [verb, "--nope", "a", "b"],
    code: 125,
    class: "unknown flag",
  });
}
failing("exec: no command", { args: ["exec", "BOX"], code: 1, class: "too few operands" });
failing("attach: two containers", {
  args: ["attach", "a", "b"],
  code: 1,
  class: "too few operands",
});
failing("run: an unknown short flag among others", {
  args: ["run", "-iZ", "busybox"],
  code: 125,
  class: "unknown short flag",
});
failing("run: a flag without its value", {
  args: ["run", "--name"],
  code: 125,
  class: "flag without its value",
});
failing("exec: a short flag without its value", {
  args: ["exec", "-u"],
  code: 125,
  class: "flag without its value",
});
failing("run: a boolean that is none", {
  args: [...run, "--rm=maybe", "busybox", "true"],
  code: 125,
  class: "bad value of a flag",
});
failing("exec: a boolean that is none, of a flag with a short name", {
  args: ["exec", "--tty=7", "BOX", "true"],
  code: 125,
  class: "bad value of a flag",
});
for (const value of ["=x", ""]) {
  failing(`run: -e ${JSON.stringify(value)}`, {
    args: [...run, "-e", value, "busybox", "true"],
    code: 125,
    class: "bad value of a flag for secrets",
  });
  failing(`exec: -e ${JSON.stringify(value)}`, {
    args: ["exec", "-e", value, "BOX", "true"],
    code: 125,
    class: "bad value of a flag for secrets",
  });
}
failing("run: no such pull policy", {
  args: [...run, "--pull", "sometimes", "busybox", "true"],
  code: 125,
  class: "bad pull policy",
});
failing("run: a volume of too many parts", {
  args: [...run, "-v", "/a:/b:/c:/d", "busybox", "true"],
  code: 125,
  class: "bad volume",
});
failing("run: no image's name", { args: [...run, ""], code: 125, class: "bad image name" });
failing("run: an image's name in capitals", {
  args: [...run, "UPPER", "true"],
  code: 125,
  class: "bad image name",
});
failing("run: -d with -a", {
  args: ["run", "-d", "-a", "stdout", "busybox", "true"],
  code: 1,
  class: "conflicting flags",
});
failing("run: --rm with --restart", {
  args: ["run", "-d", "--rm", "--restart", "always", "busybox", "true"],
  code: 125,
  class: "conflicting flags",
});
for (const [verb, args] of Object.entries({ attach: ["attach"], "start -a": ["start", "-a"] })) {
  failing(`${verb}: detach keys that are none`, {
    args: [...args, "--detach-keys", "shift-z", "BOX"],
    code: 1,
    class: "bad detach keys",
  });
}
failing("start -a: two containers", {
  args: ["start", "-a", "BOX", "other"],
  code: 1,
  class: "more than one to attach to",
});
for (const args of [["attach", "nosuch"], ["start", "-a", "nosuch"], ["exec", "nosuch", "true"]]) {
  failing(`${args[0]}: no such container`, { args, code: 1, class: "refused by the engine" });
}
failing("start: no such container", { args: ["start", "nosuch"], code: 1, class: "not started" });
for (const verb of ["attach", "exec"]) {
  failing(`${verb}: a container's name that is empty`, {
    args: [verb, "", ...verb === "exec" ? ["true"] : []],
    code: 1,
    class: "bad container name",
  });
  failing(`${verb}: a container's name that leaves its place in the path`, {
    // Not `a/../b`: docker's CLI would do it to a container whose name begins with b.
    args: [verb, "a/../nosuch", ...verb === "exec" ? ["true"] : []],
    code: 1,
    class: "bad container name",
  });
}
failing("run: -it without a terminal", {
  args: [...run, "-it", "busybox", "true"],
  code: 1,
  class: "no terminal",
});
failing("exec: -it without a terminal", {
  args: ["exec", "-it", "BOX", "true"],
  code: 1,
  class: "no terminal",
});
failing("no engine on a socket", {
  args: ["-H", "unix:///nowhere/engine.sock", "exec", "a", "b"],
  code: 1,
  class: "no engine",
});
failing("no engine on a port", {
  args: ["-H", "tcp://127.0.0.1:1", "attach", "a"],
  code: 1,
  class: "no engine",
});
failing("an engine's address of an unknown kind", {
  args: ["-H", "bogus://x", "exec", "a", "b"],
  code: 1,
  class: "bad address of the engine",
});
