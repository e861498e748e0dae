/** Who is measured: this project's command and library, and the others that do the same. */
import { engineVersion } from "../harness/engine.ts";
import { host, request } from "../harness/engine_api.ts";
import { tool } from "../harness/kept_process.ts";
import { install } from "./installed.ts";
import type { Measure } from "./measures.ts";
import type { Run } from "./runner.ts";

/** Somebody who does the work, or cannot. */
export interface Subject {
  name: string;
  version: string;
  /** The command for a measure in a container; a string says why it cannot be done. */
  prepare(measure: Measure, container: string): Promise<Run | string> | Run | string;
  /** The command that opens many sessions in one process; a string says why there is none. */
  sessions(container: string, count: number): Run | string;
}

/** Where the others' parts are put, and what is measured with. */
export interface Place {
  /** A folder for what is made for the benchmark. */
  folder: string;
}

/** All of them, docker's command line first: the ratios are to it. */
export async function subjects(place: Place): Promise<Subject[]> {
  return [
    await docker(),
    await ours(place),
    await library(),
    await original(),
    await dockerode(place),
    await floor(place),
    least(),
  ];
}

const text = async (command: string, ...args: string[]) => (await tool(command, args)).trim();
const ONE_PROCESS_EACH = "a process for each session";

/** The arguments of docker's command line, which are ours too. */
function args({ kind, command }: Measure, container: string): string[] {
  if (kind !== "run") return [...kind.split(" "), container, ...command];
  return ["run", "--rm", "--network", "none", "--log-driver", "none", "busybox", ...command];
}

async function docker(): Promise<Subject> {
  return {
    name: "docker",
    version: `docker's CLI ${await text("docker", "version", "-f", "{{.Client.Version}}")}`,
    prepare: (measure, container) => ({ argv: ["docker", ...args(measure, container)] }),
    sessions: () => ONE_PROCESS_EACH,
  };
}

const flags = ["run", "--quiet", "--allow-all", "--no-prompt"];

async function ours({ folder }: Place): Promise<Subject> {
  const { command, env } = await install(folder);
  return {
    name: "dockerpty",
    version: `${await tool(command, ["--version"], { env })}`.trim() +
      ` (deno install -g), Deno ${Deno.version.deno}`,
    prepare: (measure, container) => ({ argv: [command, ...args(measure, container)], env }),
    sessions: (container, count) => {
      const script = new URL("scripts/sessions.ts", import.meta.url).pathname;
      const argv = [Deno.execPath(), ...flags, "--v8-flags=--expose-gc", script];
      return { argv: [...argv, container, String(count)] };
    },
  };
}

function library(): Subject {
  return {
    name: "library",
    version: "dockerpty's Web Streams, in the checkout",
    prepare: (measure, container) => {
      if (measure.kind === "run" || measure.keys !== undefined || measure.name === "exec") {
        return "a library";
      }
      const script = new URL("scripts/library.ts", import.meta.url).pathname;
      return { argv: [Deno.execPath(), ...flags, script, ...args(measure, container)] };
    },
    sessions: () => "the same",
  };
}

async function original(): Promise<Subject> {
  const python = "/usr/bin/python3";
  const version = "from importlib.metadata import version; print(version('dockerpty'))";
  const script = new URL("scripts/original.py", import.meta.url).pathname;
  return {
    name: "original",
    version: `Python's dockerpty ${await text(python, "-c", version)}, ${await text(
      python,
      "--version",
    )}`,
    prepare: ({ kind, command }, container) => {
      if (kind === "exec -t" || kind === "exec -i") return "has stdin and a tty only together";
      if (kind === "run") return { argv: [python, script, "run", "busybox", ...command] };
      return { argv: [python, script, ...kind.split(" "), container, ...command] };
    },
    sessions: () => "one session at a time",
  };
}

async function dockerode({ folder }: Place): Promise<Subject> {
  const prefix = `${folder}/dockerode`;
  await Deno.mkdir(prefix, { recursive: true });
  await tool("npm", ["install", "--silent", "--no-audit", "--prefix", prefix, "dockerode@5.0.1"]);
  const env = { DOCKERODE: prefix };
  const script = (name: string) => new URL(`scripts/${name}`, import.meta.url).pathname;
  return {
    name: "dockerode",
    version: `dockerode 5.0.1, Node ${await text("node", "--version")}`,
    prepare: ({ kind, command }, container) => {
      const verb = kind === "run" ? ["run", "busybox"] : [...kind.split(" "), container];
      return { argv: ["node", script("dockerode.mjs"), ...verb, ...command], env };
    },
    sessions: (container, count) => ({
      argv: ["node", "--expose-gc", script("sessions.mjs"), container, String(count)],
      env,
    }),
  };
}

/** One request that has been prepared, and a program that does nothing but send it. */
async function floor({ folder }: Place): Promise<Subject> {
  const socket = host.slice("unix://".length);
  const { ApiVersion } = await engineVersion();
  const [, version] = /socat version (\S+)/.exec(await text("socat", "-V")) ?? [];
  const post = (path: string, body: string, ...headers: string[]) =>
    [
      `POST /v${ApiVersion}${path} HTTP/1.1`,
      "Host: bench",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      ...headers,
      "",
      body,
    ].join("\r\n");
  const sent = async (text: string): Promise<Run> => {
    await Deno.writeTextFile(`${folder}/request`, text);
    return { argv: ["socat", "-t60", "-", `UNIX-CONNECT:${socket}`], stdin: `${folder}/request` };
  };
  return {
    name: "floor",
    version: `socat ${version}, sending a start that was created before`,
    async prepare({ kind, command, keys }, container) {
      if (kind === "exec -i") return "the engine drops what comes before its answer";
      if (kind === "run") {
        const HostConfig = {
          AutoRemove: true,
          NetworkMode: "none",
          LogConfig: { Type: "none" },
        };
        const { Id } = (await request("POST", "/containers/create", {
          body: { Image: "busybox", Cmd: command, HostConfig },
        })).json();
        return await sent(
          post(`/containers/${Id}/start`, "") +
            post(`/containers/${Id}/wait?condition=removed`, "", "Connection: close"),
        );
      }
      const Tty = kind.includes("t");
      const { Id } = (await request("POST", `/containers/${container}/exec`, {
        body: {
          Cmd: command,
          Tty,
          AttachStdin: keys !== undefined,
          AttachStdout: true,
          AttachStderr: true,
        },
      })).json();
      const start = post(
        `/exec/${Id}/start`,
        JSON.stringify({ Detach: false, Tty }),
        "Connection: Upgrade",
        "Upgrade: tcp",
      );
      if (keys === undefined) return await sent(start);
      return { argv: ["socat", "-,rawer", `UNIX-CONNECT:${socket}`], first: start };
    },
    sessions: () => "no program",
  };
}

/** The floor for programs for Deno, with its own streams where there is much to move. */
function least(): Subject {
  return {
    name: "least",
    version: `Deno ${Deno.version.deno}, a script of 60 lines that trusts the engine`,
    prepare: (measure, container) => {
      if (measure.kind === "run") return "an exec alone";
      const script = new URL("scripts/least.ts", import.meta.url).pathname;
      const way = measure.name === "exec" ? "loop" : "streams";
      const argv = [Deno.execPath(), ...flags, "--no-config", script, way];
      return { argv: [...argv, ...args(measure, container)] };
    },
    sessions: () => "no library",
  };
}
