/**
 * The completion script for zsh.
 *
 * @module
 */
import type { Flag } from "../flags.ts";
import { kindOf, type Table, typed, wordsFor } from "./table.ts";

/** The script. */
export function zshScript({ globals, verbs }: Table): string {
  const summaries = verbs.map(({ verb }) => `    '${verb.name}:${escape(verb.summary)}'`);
  return `#compdef dockerpty
# dockerpty's completions for zsh; put this into ~/.zshrc, behind compinit:
#   source <(dockerpty completion zsh)
_dockerpty_names() {
  local -a names
  # What stands in front of the kind is for compadd.
  names=(\${(f)"$(dockerpty __complete $@[-1] $typed 2>/dev/null)"})
  compadd "\${@[1,-2]}" -a names
}
_dockerpty_verbs() {
  local -a verbs
  verbs=(
${summaries.join("\n")}
  )
  _describe command verbs
}
_dockerpty() {
  local curcontext="$curcontext" state line
  # The words before this one: what follows keeps those behind the verb alone.
  local -a typed
  typed=("\${(@)words[2,CURRENT-1]}")
  local -A opt_args
  _arguments -s -S -A '-*' ${lines(globals)} \\
    '1:command:_dockerpty_verbs' '*::argument:->verb'
  [[ $state == verb ]] || return
  case $line[1] in
${
    verbs.map(({ verb, flags }) =>
      `  ${verb.name})
    _arguments -s -S -A '-*' ${lines(flags)} \\
      ${operands(verb, verbs)} ;;`
    ).join("\n")
  }
  esac
}
if [[ $funcstack[1] == _dockerpty ]]; then _dockerpty "$@"; else compdef _dockerpty dockerpty; fi
`;
}

function operands(verb: Table["verbs"][number]["verb"], verbs: Table["verbs"]): string {
  const few = wordsFor(verb, verbs);
  if (few.length > 0) return `'1:${verb.completes ?? "shell"}:(${few.join(" ")})'`;
  const kind = kindOf(verb.completes);
  if (kind === undefined) return "'*:argument:_default'";
  const names = `${verb.completes}:_dockerpty_names ${kind}`;
  return verb.completesAll ? `'*:${names}'` : `'1:${names}' '*::argument:_normal'`;
}

function lines(flags: readonly Flag[]): string {
  return flags.flatMap((flag) => typed(flag).map((name) => spec(name, flag)))
    .map((line) => ` \\\n      ${line}`).join("");
}

function spec(typed: string, flag: Flag): string {
  const many = flag.kind === "list" ? "*" : "";
  const help = `[${escape(flag.help).replace(/[\[\]]/g, "\\$&")}]`;
  if (flag.kind === "boolean") return `'${many}${typed}${help}'`;
  const joined = typed.startsWith("--") ? "=" : "+";
  return `'${many}${typed}${joined}${help}:${escape(flag.value ?? "value")}:${action(flag)}'`;
}

function action({ choices, completes }: Flag): string {
  if (choices) return `(${choices.join(" ")})`;
  const kind = kindOf(completes);
  if (kind !== undefined) return `_dockerpty_names ${kind}`;
  return completes === "file" ? "_files" : completes === "folder" ? "_files -/" : " ";
}

/** Text within a specification in single quotes. */
function escape(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
}
