/**
 * What the process's standard descriptors are.
 *
 * Reading from a pipe or a terminal, and writing to one, may have to wait for whoever is at the other
 * end, and must not keep signals, keys and sizes waiting with it: Deno does it in a thread of its own,
 * which costs more than moving a small piece does. A regular file and /dev/null wait for nobody.
 *
 * @module
 */

/** The number of Linux's /dev/null, as `makedev(3)` has it. */
const LINUX_NULL = 1 << 8 | 3;

/** `open(2)`'s: how a file is open, and one that is open for reading alone. */
const O_ACCMODE = 0o3;
const O_RDONLY = 0o0;
const O_WRONLY = 0o1;

/** A regular file, whose size is known to be more than nothing or is nothing; a pipe; or all else. */
export type DescriptorKind = "null" | "file" | "empty file" | "pipe" | "other";

/**
 * What a descriptor is; `other` where that cannot be told. Needs the permission to read `/dev/fd/…`, and
 * asks nobody for it.
 */
export function kindOf(descriptor: 0 | 1 | 2): DescriptorKind {
  const path = `/dev/fd/${descriptor}`;
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return "other";
    const { isFile, isFifo, isCharDevice, rdev, size } = Deno.statSync(path);
    if (isFile) return size > 0 ? "file" : "empty file";
    if (isFifo) return "pipe";
    const isNull = Deno.build.os === "linux" && isCharDevice === true && rdev === LINUX_NULL;
    return isNull ? "null" : "other";
  } catch {
    return "other";
  }
}

/**
 * Whether a descriptor is open for reading alone, which Deno's writes pass over in silence. False where
 * that cannot be told: without all permissions, and on other systems than Linux.
 */
export function isReadOnly(descriptor: 1 | 2): boolean {
  return isOpenFor(descriptor, O_RDONLY);
}

/** Whether a descriptor is open for writing alone; false where that cannot be told. */
export function isWriteOnly(descriptor: 0): boolean {
  return isOpenFor(descriptor, O_WRONLY);
}

function isOpenFor(descriptor: 0 | 1 | 2, mode: number): boolean {
  if (Deno.build.os !== "linux") return false;
  const path = `/proc/self/fdinfo/${descriptor}`;
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
    const [flags] = /(?<=^flags:\s*)[0-7]+/m.exec(Deno.readTextFileSync(path)) ?? [];
    return flags !== undefined && (parseInt(flags, 8) & O_ACCMODE) === mode;
  } catch {
    return false;
  }
}
