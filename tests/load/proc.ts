/** What Linux tells of a process. */

/** A look at a process. */
export interface Sample {
  /** Its resident memory, in KiB. */
  memory: number;
  /** Its open descriptors. */
  descriptors: number;
  /** Its threads. */
  threads: number;
}

/** Looks at a process. */
export function sample(pid: number): Sample {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const number = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)![1]);
  return { memory: number("VmRSS"), descriptors: descriptors(pid), threads: number("Threads") };
}

/** How many descriptors a process has open. */
export function descriptors(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}
