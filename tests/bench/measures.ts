/** What is measured: the work, as docker's command line would be called for it. */
const MB = 1_000_000;

/** Work for all subjects. */
export interface Measure {
  name: string;
  /** What the work is. */
  title: string;
  /** `run`, or `exec` with its flags. */
  kind: "run" | "exec" | "exec -t" | "exec -i" | "exec -it";
  /** The command in the container. */
  command: readonly string[];
  stdout?: "null" | "pipe";
  /** So many bytes are given in, from a file. */
  input?: number;
  /** So many keys are typed. */
  keys?: number;
  /** How often it is done at most, however many rounds there are. */
  rounds?: number;
  /** What of it goes into the table. */
  shows: readonly Figure[];
}

/** One of the figures that a measure gives. */
export type Figure = "wall" | "cpu" | "memory" | "p50" | "p99";

const written = (size: string, count: number) => [
  "sh",
  "-c",
  `exec dd if=/dev/zero bs=${size} count=${count} 2>/dev/null`,
];
const BULK = ["wall", "cpu", "memory"] as const;
const ROUNDS = 7;
const total = 1000 * MB;

/** All measures. */
export const MEASURES: readonly Measure[] = [
  {
    name: "exec",
    title: "`exec C true`, start to end",
    kind: "exec",
    command: ["true"],
    shows: ["wall", "cpu", "memory"],
  },
  {
    name: "run",
    title: "`run --rm busybox true`, start to end",
    kind: "run",
    command: ["true"],
    shows: ["wall", "cpu"],
  },
  ...["null", "pipe"].flatMap((stdout) =>
    ([["1M", 1 << 20, "1 MB"], ["4k", 1 << 12, "4 KB"]] as const).map(([size, bytes, title]) => ({
      name: `out-${size.toLowerCase()}-${stdout}`,
      title: `1000 MB out in ${title} writes, to ${stdout === "null" ? "/dev/null" : "a pipe"}`,
      kind: "exec" as const,
      command: written(size, Math.ceil(total / bytes)),
      stdout: stdout as "null" | "pipe",
      rounds: ROUNDS,
      shows: BULK,
    }))
  ),
  {
    name: "out-tty",
    title: "64 MB out of a tty, to /dev/null",
    kind: "exec -t",
    command: ["sh", "-c", "stty -opost; exec dd if=/dev/zero bs=64k count=977 2>/dev/null"],
    rounds: ROUNDS,
    shows: BULK,
  },
  {
    name: "in",
    title: "500 MB in, from a file",
    kind: "exec -i",
    command: ["sh", "-c", "exec cat >/dev/null"],
    input: 500 * MB,
    rounds: ROUNDS,
    shows: BULK,
  },
  {
    name: "echo",
    title: "a key's echo, 1000 keys",
    kind: "exec -it",
    command: ["sh", "-c", "stty raw -echo; echo ready; exec cat"],
    keys: 1000,
    rounds: ROUNDS,
    shows: ["p50", "p99", "cpu"],
  },
];

/** How many sessions are opened at once in one process. */
export const SESSIONS = [1, 100, 500];
