/**
 * The completion script for fish.
 *
 * @module
 */
import type { Flag } from "../flags.ts";
import { kindOf, type Table, typed, wordsFor } from "./table.ts";

/** The script. */
export function fishScript({ globals, verbs }: Table): string {
  const taking = [
    ...withValue("", globals),
    ...verbs.flatMap(({ verb, flags }) => withValue(verb.name, flags)),
  ];
  return [
    `# dockerpty's completions for fish; put this into ~/.config/fish/config.fish:
#   dockerpty completion fish | source
set -g __dockerpty_values ${taking.join(" ")}
# Prints the verb, and how many operands stand behind it.
function __dockerpty_state
    set -l verb
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word; and test $count = 0
            contains -- "$verb:$word" $__dockerpty_values; and set skip 1
        else if test -z "$verb"
            set verb $word
        else
            set count (math $count + 1)
        end
    end
    echo "$verb $count"
end
function __dockerpty_at
    string match -q -- "$argv[1] $argv[2]" (__dockerpty_state)
end
complete -c dockerpty -f`,
    ...verbs.map(({ verb }) =>
      `complete -c dockerpty -n "__dockerpty_at '' 0" -a ${verb.name} -d ${quote(verb.summary)}`
    ),
    ...globals.map((flag) => line(`__dockerpty_at '' 0`, flag)),
    ...verbs.flatMap(({ verb, flags }) => {
      const few = wordsFor(verb, verbs);
      const operands = quote(few.join(" ") || names(kindOf(verb.completes) ?? ""));
      const at = `__dockerpty_at ${verb.name} ${verb.completesAll ? "'*'" : "0"}`;
      return [
        `complete -c dockerpty -n ${quote(at)} -a ${operands}`,
        ...flags.map((flag) => line(`__dockerpty_at ${verb.name} 0`, flag)),
        // What is behind the container or the image is up to the command in there.
        ...verb.count[1] === Infinity && !verb.completesAll
          ? [
            `complete -c dockerpty -n "not __dockerpty_at ${verb.name} 0; and __dockerpty_at ${verb.name} '*'" -F`,
          ]
          : [],
      ];
    }),
  ].join("\n") + "\n";
}

function withValue(verb: string, flags: readonly Flag[]): string[] {
  return flags.filter(({ kind }) => kind !== "boolean").flatMap(typed)
    .map((flag) => `${verb}:${flag}`);
}

function line(condition: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
  return `complete -c dockerpty -n ${quote(condition)} -l ${flag.name}${short}${value(flag)} -d ${
    quote(flag.help)
  }`;
}

function value({ kind, choices, completes }: Flag): string {
  if (kind === "boolean") return "";
  if (choices) return ` -x -a ${quote(choices.join(" "))}`;
  const kindOfNames = kindOf(completes);
  if (kindOfNames !== undefined) return ` -x -a ${quote(names(kindOfNames))}`;
  return completes === "file" || completes === "folder" ? " -r -F" : " -x";
}

/** A command substitution that lists names; fish runs it when it completes. */
function names(kind: string): string {
  return `(dockerpty __complete ${kind} (commandline -opc)[2..] 2>/dev/null)`;
}

/** Text in single quotes, in which fish expands nothing now. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
