/**
 * The verbs and their flags, as completion scripts need them.
 *
 * @module
 */
import { type Completes, type Flag, FLAGS_BEFORE, globalFlagsAmong } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** A verb with its flags and the global ones. */
export interface TableVerb {
  /** The verb. */
  readonly verb: Verb;
  /** Its flags, and the global ones. */
  readonly flags: readonly Flag[];
}

/** What a completion script is made from. */
export interface Table {
  /** The flags before a verb. */
  readonly globals: readonly Flag[];
  /** The verbs. */
  readonly verbs: readonly TableVerb[];
}

/** Loads the flags of all verbs. */
export async function loadTable(verbs: readonly Verb[]): Promise<Table> {
  const shown = verbs.filter(({ hidden }) => !hidden);
  return {
    globals: FLAGS_BEFORE,
    verbs: await Promise.all(shown.map(async (verb) => {
      const own = (await verb.load()).flags.filter(({ hidden }) => !hidden);
      return { verb, flags: [...own, ...globalFlagsAmong(own)] };
    })),
  };
}

/** What `dockerpty __complete` calls a kind of names; undefined for what a shell knows itself. */
export function kindOf(completes: Completes | undefined): string | undefined {
  switch (completes) {
    case "container":
      return "containers";
    case "running container":
      return "running";
    case "image":
    case "network":
    case "volume":
    case "context":
      return `${completes}s`;
    default:
      return undefined;
  }
}

/** The words that a verb's operand is one of, where there are few of them. */
export function wordsFor({ name, completes }: Verb, verbs: readonly TableVerb[]): string[] {
  if (name === "completion") return ["bash", "zsh", "fish"];
  return completes === "verb" ? verbs.map(({ verb }) => verb.name) : [];
}

/** The flags as they are typed: `-m` and `--memory`. */
export function typed({ name, short }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}
