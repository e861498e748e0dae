/** Programs' sessions that outlive their connection: what they are tried with. */
import { Client, type ReconnectEvent } from "@dockerpty/dockerpty";
import type { Relay } from "../engine/relay.ts";
import { container, type ContainerOptions } from "../harness/engine.ts";
import { isPodman } from "../engine/piped.ts";
import { text } from "./sessions.ts";

// Podman ends the stdin of a process with the connection of a client, unless that is a terminal.
const tty = await isPodman().catch(() => false);
export const echo: ContainerOptions = {
  cmd: ["sh", "-c", 'stty -echo; while read line; do echo "got $line"; done; exit 4'],
  openStdin: true,
  tty,
};
/** Writes numbers to both streams, slowly, until there is a file. */
export const count = [
  "i=0",
  "until [ -e /enough ]; do i=$((i + 1)); echo $i; echo $i >&2; usleep 10000; done",
  "echo end; exit 4",
].join("; ");
export const lines = (content: string) => content.split(/\r?\n/).filter((line) => line !== "");
export const upTo = (last: number) => Array.from({ length: last }, (_, index) => String(index + 1));

/** A container that does nothing, and is not ended by a client that leaves it. */
export const asleep = () => container({ cmd: ["sleep", "300"] });

/** A client behind a relay, and what its sessions tell. */
export function watched(relay: Relay) {
  const events: ReconnectEvent[] = [];
  const options = {
    reconnect: true,
    onReconnect: (event: ReconnectEvent) => void events.push(event),
  };
  return { client: new Client({ endpoint: relay.host }), events, options };
}

/** Collects what a session writes, as it comes. */
export function collect(stream: ReadableStream<Uint8Array>) {
  const collected = { text: "", ended: Promise.resolve() };
  collected.ended = (async () => {
    for await (const piece of stream) collected.text += text(piece);
  })();
  collected.ended.catch(() => {});
  return collected;
}
