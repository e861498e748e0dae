/**
 * Pairs of a name and a value.
 *
 * @module
 */
import { cut, ValueError } from "./value_error.ts";

/** Reads `name=value`; a bare name has the empty value. */
export function parsePair(text: string): [name: string, value: string] {
  const [name, value = ""] = cut(text, "=");
  return [name, value];
}

/** Reads an entry of the environment: `NAME=value`, or `NAME`. */
export function parseEnv(text: string): string {
  if (/^(=|$)/.test(text) || text.includes("\0")) {
    throw new ValueError("expected NAME=value or NAME");
  }
  return text;
}

/** Reads a label: `name=value`, or `name`. */
export function parseLabel(text: string): [name: string, value: string] {
  const [name, value] = parsePair(text);
  if (/^[ \t]*$/.test(name) || /[ \t]/.test(name.trimStart())) {
    throw new ValueError("expected a label as name=value, without blanks in its name");
  }
  return [name, value];
}

/** Reads a storage option: `name=value`. */
export function parseStorageOpt(text: string): [name: string, value: string] {
  const [name, value] = cut(text, "=");
  if (value === undefined) throw new ValueError("expected an option of the storage as name=value");
  return [name, value];
}

const SYSCTL =
  /^(net\..*|fs\.mqueue\..*|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/;

/** Reads a kernel parameter that has a namespace: `net.ipv4.ip_forward=1`. */
export function parseSysctl(text: string): [name: string, value: string] {
  const [name, value] = cut(text, "=");
  if (value === undefined || !SYSCTL.test(name)) {
    throw new ValueError(
      "expected name=value with a name under net. or fs.mqueue., or one of kernel.msg* and " +
        "kernel.shm*",
    );
  }
  return [name, value];
}
