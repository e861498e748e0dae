/**
 * What a verb is, and what it works with.
 *
 * @module
 */
import type { ClientOptions } from "../session/connect.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { EndpointSource } from "../transport/context.ts";
import type { Arguments } from "./args.ts";
import type { DockerConfig } from "./docker_config.ts";
import type { Completes, Flag } from "./flags.ts";

/** What a verb works with. */
export interface Context {
  /** The engine that is meant. */
  client: ClientOptions;
  /** Where the flags say that the engine is. */
  source?: EndpointSource;
  /** The folder of docker's configuration that the flags name. */
  config?: string;
  /** Docker's own configuration; it is read once, when it is first asked for. */
  dockerConfig: () => Promise<DockerConfig>;
  /** The terminal of the process. */
  terminal: Terminal;
  /** Prints a line on stdout. */
  print: (line: string) => void;
  /** Prints a line on stderr. */
  note: (line: string) => void;
}

/** Carries a verb out; resolves to the code that the command ends with. */
export type Run = (args: Arguments, context: Context) => Promise<number>;

/** What of a verb is loaded when it is meant. */
export interface VerbParts {
  /** Its flags. */
  readonly flags: readonly Flag[];
  /** Carries it out. */
  readonly run: Run;
}

/** A verb. */
export interface Verb {
  /** Its name. */
  readonly name: string;
  /** What it takes behind its flags, for the help. */
  readonly operands: string;
  /** How many of those there are: at least, and at most. */
  readonly count: readonly [least: number, most: number];
  /** What it does, for the help. */
  readonly summary: string;
  /** What there is to know beyond that, for its own help. */
  readonly details?: string;
  /** What its first operand names, for the completions. */
  readonly completes?: Completes;
  /** Whether all its operands name that. */
  readonly completesAll?: boolean;
  /** Whether it needs no engine. */
  readonly offline?: boolean;
  /** Whether the help and the completions leave it out. */
  readonly hidden?: boolean;
  /** Loads the rest of it. */
  load(): Promise<VerbParts>;
}
