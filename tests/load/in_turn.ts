/** Very many execs, one after another. */
import { Client } from "@dockerpty/dockerpty";
import { assertEquals } from "@std/assert";
import { descriptors } from "./proc.ts";

/** What {@linkcode inTurn} measured. */
export interface InTurn {
  /** How long it took, in milliseconds. */
  time: number;
  /** How many descriptors more there were at the end than after the first. */
  descriptors: number;
}

/** Runs `count` execs in turn, each with an output, an error output and a code of its own. */
export async function inTurn(
  container: string,
  count: number,
  progress: (index: number) => void = () => {},
): Promise<InTurn> {
  const client = new Client();
  const one = async (index: number) => {
    const code = index % 120;
    const script = `echo out ${index}; echo err ${index} >&2; exit ${code}`;
    const session = await client.exec(container, ["sh", "-c", script]);
    const { status, stdout, stderr } = await session.output();
    assertEquals([status, text(stdout), text(stderr)], [
      { reason: "exited", code },
      `out ${index}\n`,
      `err ${index}\n`,
    ]);
  };
  await one(0);
  const before = descriptors(Deno.pid);
  const started = performance.now();
  for (let index = 1; index < count; index++) {
    await one(index);
    progress(index);
  }
  return {
    time: performance.now() - started,
    descriptors: descriptors(Deno.pid) - before,
  };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
