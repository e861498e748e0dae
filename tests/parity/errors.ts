/**
 * What the clients say of an error, made comparable.
 *
 * dockerpty's errors are one line, in words of its own where docker's CLI adds a block of usage or
 * names itself; so the texts differ on purpose. What must agree is that there is an error, of which
 * class, and what it is about: the details that a class's patterns capture. Every class has a pattern
 * for each client, which has to match the whole of what was written to stderr.
 */
import { assert } from "@std/assert";
import type { ClientName } from "./side.ts";

/** An error in comparable form. */
export interface Complaint {
  class: ErrorClass;
  /** What it is about; the same words with both. */
  about: string[];
}

/** The classes of errors. */
export type ErrorClass = keyof typeof CLASSES;

/** What docker's CLI appends where it takes the command line for wrong. */
const usage = String.raw`\n\n(?:Usage:  .*\n\n)?(?:Run|See) '.*' for more information\n`;
/** What it appends to an error of `run` alone. */
const seeHelp = String.raw`(?:\n\nRun 'docker run --help' for more information)?\n`;
/** How dockerpty begins its one line. */
const ours = String.raw`dockerpty(?: \w+)?: `;
const help = String.raw`(?:; see dockerpty (?:\w+ )?--help)?\n`;

/** What it adds to the engine's words where it knows what to do. */
const advice = String
  .raw`(?:; start ".*" first|; docker ps (?:-a )?lists those (?:there are|that run): [^\n]*)?`;

const CLASSES = {
  /** The engine's refusal, in its own words, the same with both. */
  "refused by the engine": {
    docker: String.raw`(?:docker: )?Error response from daemon: ([^\n]*?)\.?${seeHelp}`,
    dockerpty: String.raw`${ours}([^\n]*?)\.?${advice}\n`,
  },
  /** The same from a start: docker's CLI adds the names of the containers. */
  "not started": {
    docker: String.raw`Error response from daemon: (.*)\nError: failed to start containers: .*\n`,
    dockerpty: String.raw`${ours}(.*?)${advice}\n`,
  },
  /** docker's CLI drops the engine's words: "received 409". */
  "attach refused": {
    docker: String.raw`unable to upgrade to tcp, received \d+\n`,
    dockerpty: String.raw`${ours}.*paused.*\n`,
  },
  "unknown verb": {
    docker: String.raw`docker: unknown command: docker (\S+)${usage}`,
    dockerpty: String.raw`${ours}unknown command "(\S+)".*\n`,
  },
  "unknown flag": {
    docker: String.raw`unknown flag: (--\S+)${usage}`,
    dockerpty: String.raw`${ours}unknown flag: (--[^\s;]+)${help}`,
  },
  /** docker's CLI shows what is left of joined flags, dockerpty all of them. */
  "unknown short flag": {
    docker: String.raw`unknown shorthand flag: '(.)' in -\w+${usage}`,
    dockerpty: String.raw`${ours}unknown shorthand flag: '(.)' in -\w+${help}`,
  },
  "flag without its value": {
    docker: String.raw`flag needs an argument: ([^\n]*)${usage}`,
    dockerpty: String.raw`${ours}flag needs an argument: (.*?)${help}`,
  },
  /** Of the same flag and value; docker's CLI adds its parser's words, dockerpty what it expects. */
  "bad value of a flag": {
    docker: String.raw`invalid argument "([^\n]*)" for "([^\n]*)" flag: .*${usage}`,
    dockerpty: String.raw`${ours}invalid argument "(.*)" for "(.*)" flag: .*?${help}`,
  },
  /** Of the same flag; docker's CLI repeats the value, which may be a secret. */
  "bad value of a flag for secrets": {
    docker: String.raw`invalid argument "[^\n]*" for "([^\n]*)" flag: .*${usage}`,
    dockerpty: String.raw`${ours}invalid argument "(?:=…)?" for "(.*)" flag: .*?${help}`,
  },
  "bad pull policy": {
    docker: String.raw`docker: invalid pull option: '(.*)': .*${seeHelp}`,
    dockerpty: String.raw`${ours}invalid pull (?:policy|option).*?["'](.*)["'].*\n`,
  },
  /** docker's CLI shows the engine's status only, dockerpty the keys at fault. */
  "bad detach keys": {
    docker: String.raw`unable to upgrade to tcp, received \d+\n`,
    dockerpty: String.raw`${ours}.*detach.keys.*shift-z.*\n`,
  },
  "bad volume": {
    docker: String.raw`docker: invalid spec: (.*?): [^\n]*${seeHelp}`,
    dockerpty: String.raw`${ours}.*?["'](/a:.*?)["'].*\n`,
  },
  "bad image name": {
    docker: String.raw`docker: invalid reference format.*${seeHelp}`,
    dockerpty: String.raw`${ours}.*(?:invalid reference format|repository name|image).*\n`,
  },
  "bad container name": {
    docker: String.raw`(?:invalid container name or ID: .*|Error response from daemon: .*)\n`,
    dockerpty: String.raw`${ours}(?!unexpected|the engine).*(?:name|container).*\n`,
  },
  "too few operands": {
    docker: String.raw`docker: 'docker (\w+)' requires (?:at least )?(\d) arguments?${usage}`,
    dockerpty: String.raw`dockerpty (\w+): requires (?:at least )?(\d) arguments? .*\n`,
  },
  "more than one to attach to": {
    docker: "you cannot start and attach multiple containers at once\n",
    dockerpty: `${ours}you cannot start and attach multiple containers at once\n`,
  },
  "conflicting flags": {
    docker: String.raw`(?:docker: )?conflicting options: cannot specify both ([^\n]*)${seeHelp}`,
    dockerpty: String
      .raw`${ours}conflicting options: cannot specify both (--[\w-]+ and --[\w-]+).*\n`,
  },
  /** A reader that left: told, but nothing that nobody expected. */
  "broken pipe": {
    docker: "write /dev/stdout: broken pipe\n",
    dockerpty: String.raw`${ours}(?!unexpected).*\n`,
  },
  "no terminal": {
    docker: "the input device is not a TTY\n",
    dockerpty: String.raw`${ours}.*the input device is not a TTY.*\n`,
  },
  /** In these three words of docker's CLI, and in ours with the container's name. */
  "container not attachable": {
    docker: String.raw`You cannot attach to a (stopped|paused|restarting) container, .*\n`,
    dockerpty: String.raw`${ours}cannot attach to .* is (not running|paused|restarting).*\n`,
  },
  "no engine": {
    docker: String.raw`Cannot connect to the Docker daemon at (.*)\. Is the .* running\?\n`,
    dockerpty: String.raw`${ours}cannot connect to the engine at (\S*): .*\n`,
  },
  "bad address of the engine": {
    docker: String.raw`Failed to initialize: unable to resolve docker endpoint: .* (\S+)\n`,
    dockerpty: String.raw`${ours}cannot use the engine's address "(\S+?)".*\n`,
  },
  "bad file": {
    docker: String.raw`(?:docker: )?(?:invalid env file|open .*:|.*line).*${seeHelp}`,
    dockerpty: String.raw`${ours}.*(?:file|line).*\n`,
  },
} as const;

const SAME_WORDS: Record<string, string> = { "not running": "stopped" };

/** Reads what a client wrote to stderr as an error of `class`. */
export function complaint(client: ClientName, name: ErrorClass, stderr: string): Complaint {
  const pattern = new RegExp(`^${CLASSES[name][client]}$`, client === "docker" ? "s" : "");
  const match = pattern.exec(stderr);
  assert(match, `${client} is expected to complain: ${name}: ${JSON.stringify(stderr)}`);
  return { class: name, about: match.slice(1).map((text) => SAME_WORDS[text] ?? text) };
}
