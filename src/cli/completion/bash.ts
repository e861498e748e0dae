/**
 * The completion script for bash.
 *
 * @module
 */
import type { Flag } from "../flags.ts";
import { kindOf, type Table, typed, wordsFor } from "./table.ts";

/** The script. */
export function bashScript({ globals, verbs }: Table): string {
  const names = verbs.map(({ verb }) => verb.name);
  return `# dockerpty's completions for bash; put this into ~/.bashrc:
#   source <(dockerpty completion bash)
_dockerpty_names() {
  COMPREPLY=($(compgen -W "$(dockerpty __complete "$1" "\${words[@]:1:cword-1}" 2>/dev/null)" -- "$cur"))
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    # Readline replaces what is behind the last colon alone.
    local before=\${cur%"\${cur##*:}"} index
    for index in "\${!COMPREPLY[@]}"; do COMPREPLY[index]=\${COMPREPLY[index]#"$before"}; done
  fi
  # A volume may be a folder here.
  [[ $1 == volumes ]] || _dockerpty_no_files
}
_dockerpty_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
  _dockerpty_no_files
}
_dockerpty_no_files() {
  compopt +o default 2>/dev/null
}
_dockerpty_takes_value() {
  case "$1 $2" in
${cases(" ", globals)}
${verbs.map(({ verb, flags }) => cases(verb.name, flags)).filter(Boolean).join("\n")}
  *) return 1 ;;
  esac
}
_dockerpty_value() {
  case "$1 $2" in
${values(" ", globals)}
${verbs.map(({ verb, flags }) => values(verb.name, flags)).filter(Boolean).join("\n")}
  esac
}
_dockerpty() {
  local cur prev words cword verb= count=0 index word
  if type _get_comp_words_by_ref >/dev/null 2>&1; then
    _get_comp_words_by_ref -n =: cur prev words cword
  else
    # Bash parts words at colons, too.
    local line=\${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    cword=$((\${#words[@]} - 1))
    cur=\${words[cword]} prev=\${words[cword - 1]}
  fi
  COMPREPLY=()
  for ((index = 1; index < cword; index++)); do
    word=\${words[index]}
    if [[ $word == -* && -n $word && $count == 0 ]]; then
      if _dockerpty_takes_value "\${verb:- }" "$word"; then ((index++)); fi
    elif [[ -z $verb ]]; then
      verb=$word
    else
      ((count++))
    fi
  done
  if [[ $count == 0 && $cur == --*=* ]]; then
    # Readline replaces what is behind the last equals sign alone, too.
    prev=\${cur%%=*} cur=\${cur#*=}
    _dockerpty_value "\${verb:- }" "$prev"
    return
  fi
  if [[ $count == 0 && $prev == -* ]] && _dockerpty_takes_value "\${verb:- }" "$prev"; then
    _dockerpty_value "\${verb:- }" "$prev"
    return
  fi
  case "$verb" in
  "")
    if [[ $cur == -* ]]; then _dockerpty_words "${words(globals)}"
    else _dockerpty_words "${names.join(" ")}"; fi ;;
${
    verbs.map(({ verb, flags }) =>
      `  ${verb.name})
    if [[ $count == 0 && $cur == -* ]]; then _dockerpty_words "${words(flags)}"
    ${operand(verb, verbs)}
    fi ;;`
    ).join("\n")
  }
  esac
}
complete -o default -F _dockerpty dockerpty
`;
}

function operand(verb: Table["verbs"][number]["verb"], verbs: Table["verbs"]): string {
  const kind = kindOf(verb.completes);
  const few = wordsFor(verb, verbs);
  if (few.length > 0) return `else _dockerpty_words "${few.join(" ")}"`;
  if (kind === undefined) return "else _dockerpty_no_files";
  return verb.completesAll
    ? `else _dockerpty_names ${kind}`
    : `elif [[ $count == 0 ]]; then _dockerpty_names ${kind}`;
}

function words(flags: readonly Flag[]): string {
  return flags.map(({ name }) => `--${name}`).join(" ");
}

function cases(verb: string, flags: readonly Flag[]): string {
  const patterns = flags.filter(({ kind }) => kind !== "boolean").flatMap(typed)
    .map((flag) => `"${verb} ${flag}"`);
  return patterns.length === 0 ? "" : `  ${patterns.join("|")}) return 0 ;;`;
}

function values(verb: string, flags: readonly Flag[]): string {
  return flags.flatMap((flag) => {
    const action = actionFor(flag);
    const patterns = typed(flag).map((name) => `"${verb} ${name}"`).join("|");
    return action === undefined ? [] : [`  ${patterns}) ${action} ;;`];
  }).join("\n");
}

/** What completes a flag's value; undefined where files do, which are the shell's. */
function actionFor({ kind, choices, completes }: Flag): string | undefined {
  if (choices) {
    const more = kind === "boolean" ? ["true", "false"] : [];
    return `_dockerpty_words "${[...choices, ...more].join(" ")}"`;
  }
  if (kind === "boolean") return `_dockerpty_words "true false"`;
  const names = kindOf(completes);
  if (names !== undefined) return `_dockerpty_names ${names}`;
  return completes === "file" || completes === "folder" ? undefined : "_dockerpty_no_files";
}
