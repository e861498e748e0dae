/**
 * The script that sends a signal to the processes of execs, inside their container.
 *
 * @module
 */
import { VARIABLE } from "./exec_mark.ts";
import type { MainProcess } from "./ids_inside.ts";

/** How long what follows a mark's `=` is: an UUID. */
const LENGTH = 36;

/**
 * How the script looks at the processes. `grep` reads them all by one process; where there is no
 * grep that can, it goes on as by `read`, which takes a shell and nothing else, and not one process
 * more than that.
 */
export type Way = "grep" | "read";

/**
 * Sends the signal `$1` to the processes of what is behind `$2`, the {@linkcode Way}: of marks, and of
 * `@` with a process's id. It says in one line what came of each, a colon, the ids of strays, a colon,
 * those of main processes with another mark, a colon, and, where the signal is 0, the ids of all main
 * processes, each with `@` and when it was started.
 *
 * - `sent`: there is the main process, that which the engine has started.
 * - `part`: there are others, and that one has the mark no more, or it cannot be read.
 * - `none`: there is no process.
 * - `denied`: one of its processes is another user's, and takes no signal of this one.
 *
 * A stray is a main process without a mark that can be read: it has replaced its environment, or its
 * user; or it belongs to an exec that never had one. What comes into a container from outside has no
 * parent there, and so is known for a main process. Where this shell has one, this is the engine's own
 * machine, and nobody can be told by that.
 *
 * An exec's processes are those that have its mark in their environment; their descendants, which may
 * have been given another environment; and what is left of a session that one of them leads, whose
 * parents have ended. Process 1 and this shell are none of them, nor is a main process with another
 * mark: that may have been written by itself, and nobody is told by it.
 *
 * While a signal that ends them goes round they stand still, all of them, also those that were forked
 * in between: a parent must not see its child end first, and end by itself with another code. With
 * SIGKILL it looks again until it finds none, or none but those that it has killed many times.
 *
 * What a process can write itself, its name and its environment, is never taken for another one's: a
 * path is in front of each line.
 */
const SCRIPT = `
signal=$1 way=$2
shift 2
wanted=" $* " first=$1 seen=' ' led=' '

# Process $1 has the mark $2.
marked() {
  case $1 in 1 | $$) return ;; esac
  case $wanted in
    *" $2 "*) own="$own$1 "; eval "mark$1=\\$2" ;;
    *) others="$others$1 "; return ;;
  esac
  case $seen in *" $2 "*) ;; *) seen="$seen$2 " ;; esac
}

# $2 is what the stat of process $1 has from the state on.
placed() {
  case $1 in 1 | $$) return ;; esac
  case $2 in ?' '*) ;; *) return ;; esac
  case $2 in [ZX]*) return ;; esac
  rest=\${2#* }
  parent=\${rest%% *}
  comes=
  if [ "$parent" = "$PPID" ] && [ "$PPID" = 0 ]; then comes=yes mains="$mains $1"; main "$1"; fi
  case $own in *" $1 "*) return ;; esac
  if [ -n "$comes" ]; then return; fi
  rest=\${rest#* }
  rest=\${rest#* }
  links="$links $1:$parent:\${rest%% *}"
}

# Process $1 is an exec's main process.
main() {
  case $own in
    *" $1 "*)
      eval "led=\\"\\$led\\$mark$1 \\""
      return ;;
  esac
  case $wanted in
    *" @$1 "*) own="$own$1 " seen="$seen@$1 " led="$led@$1 "; eval "mark$1=@$1" ;;
    *)
      case $others in
        *" $1 "*) foreign="$foreign $1" ;;
        *) strays="$strays $1" ;;
      esac ;;
  esac
}

by_grep() {
  lines=$(LC_ALL=C grep -aoH -e '${VARIABLE}=[0-9a-f-]\\{${LENGTH}\\}' \\
    -e ') [A-Za-z] [0-9][0-9]* [0-9][0-9]* [0-9][0-9]*' \\
    /proc/$$/cmdline /proc/[0-9]*/environ /proc/[0-9]*/stat 2>/dev/null)
  # Some greps see no further than the first NUL. In this shell's own arguments a mark is behind one.
  case $lines in *"/proc/$$/cmdline:$first"*) ;; *) return 1 ;; esac
  IFS='
'
  set -f
  for line in $lines; do
    text=\${line#*:}
    pid=\${line#/proc/}
    pid=\${pid%%/*}
    case $line in
      /proc/*/environ:*) marked "$pid" "$text" ;;
      /proc/*/stat:*) placed "$pid" "\${text#??}" ;;
    esac
  done
  set +f
  unset IFS
}

by_read() {
  for process in /proc/[0-9]*; do
    pid=\${process#/proc/}
    while IFS= read -r line || [ -n "$line" ]; do
      while :; do
        case $line in *${VARIABLE}=*) ;; *) break ;; esac
        line=\${line#*${VARIABLE}=}
        marked "$pid" "${VARIABLE}=\${line%"\${line#${"?".repeat(LENGTH)}}"}"
      done
    done <"$process/environ"
    stat_of "$pid"
    placed "$pid" "$stat"
  done
} 2>/dev/null

# What the stat of process $1 has from the state on.
stat_of() {
  stat=
  while IFS= read -r line; do
    case $line in *') '*) stat=\${line##*') '} ;; esac
  done <"/proc/$1/stat"
} 2>/dev/null

# The 22nd value of a stat, whose state is the third.
started() {
  shift 19
  starts="$starts $pid@$1"
}

look() {
  own=' ' others=' ' links= strays= foreign= mains=
  if [ "$way" = grep ]; then by_grep || way=read; fi
  if [ "$way" = read ]; then by_read; fi
  found=$own more=yes
  while [ -n "$more" ]; do
    more= left=
    for link in $links; do
      ids=\${link#*:}
      case $found in
        *" \${ids%:*} "*) from=\${ids%:*} ;;
        *" \${ids#*:} "*) from=\${ids#*:} ;;
        *) left="$left $link"; continue ;;
      esac
      eval "mark\${link%%:*}=\\$mark$from"
      found="$found\${link%%:*} " more=yes
    done
    links=$left
  done
  [ "$own" != ' ' ]
}

send() { kill -s "$1" $found 2>/dev/null; }

# Those that are there and may not be sent a signal, and their marks.
look_denied() {
  denied=' '
  for pid in $found; do
    if kill -s 0 "$pid" 2>/dev/null || [ ! -e "/proc/$pid" ]; then continue; fi
    denied="$denied$pid "
    eval "refused=\\"\\$refused\\$mark$pid \\""
  done
}

killed= times=0 refused=' '
while look; do
  case $signal in
    HUP | INT | QUIT | TERM | KILL)
      stopped=
      until [ "$found" = "$stopped" ]; do
        stopped=$found
        send STOP
        look
      done
      send "$signal"
      send CONT ;;
    *) send "$signal" ;;
  esac
  look_denied
  if [ "$signal" != KILL ] || [ "$denied" = "$found" ]; then break; fi
  if [ "$found" = "$killed" ]; then times=$((times + 1)); else killed=$found times=0; fi
  if [ "$times" -ge 100 ]; then break; fi
done

said=
for mark; do
  case $refused in *" $mark "*) said="$said denied"; continue ;; esac
  case $led in *" $mark "*) said="$said sent"; continue ;; esac
  case $seen in *" $mark "*) ;; *) said="$said none"; continue ;; esac
  if [ "$PPID" = 0 ]; then said="$said part"; else said="$said sent"; fi
done
starts=
if [ "$signal" = 0 ]; then
  for pid in $mains; do
    case $pid in 1 | $$) continue ;; esac
    stat_of "$pid"
    case $stat in '' | [ZX]*) ;; *) started $stat ;; esac
  done
fi
echo $said :$strays :$foreign :$starts`;

/** The command that sends a signal to the processes of all these: marks, and `@` with a process's id. */
export function killCommand(signal: string, way: Way, wanted: readonly string[]): string[] {
  return ["sh", "-c", SCRIPT, "sh", signal.replace(/^SIG/, ""), way, ...wanted];
}

/** What came of a signal. */
type Reached = "sent" | "part" | "none" | "denied";

/** What the script has said: what came of each of what it was told, and what else there is. */
export interface Said {
  reached: Map<string, Reached>;
  strays: string[];
  /** The main processes with another mark. */
  foreign: string[];
  mains: MainProcess[];
}

/** What the script has said of what it was told. Null if it is not its word. */
export function saidBy(line: string, wanted: readonly string[]): Said | null {
  const match = /^((?:(?:sent|part|none|denied) )+):((?: \d+)*) :((?: \d+)*) :((?: \d+@\d+)*)$/
    .exec(line.trim());
  const words = match?.[1].trim().split(" ") as Reached[] | undefined;
  if (!match || words?.length !== wanted.length) return null;
  const reached = new Map(wanted.map((name, index) => [name, words[index]]));
  const mains = wordsOf(match[4]).map((word) => word.split("@"));
  return {
    reached,
    strays: wordsOf(match[2]),
    foreign: wordsOf(match[3]),
    mains: mains.map(([id, start]) => ({ id, start: Number(start) })),
  };
}

const wordsOf = (text: string) => text.split(" ").filter(Boolean);
