/**
 * Records a session to a file that `asciinema play` shows.
 *
 * With an engine on a unix socket S:
 * deno run --allow-read=$S --allow-write=$S,hello.cast --allow-net=unix:$S examples/recorder.ts
 * (and --allow-env=DOCKER_HOST where that says which socket it is; another file may be named, which is
 * replaced where it is there)
 */
import { Client, present, record } from "@dockerpty/dockerpty";

const file = Deno.args[0] ?? "hello.cast";
const session = await new Client().run("busybox", ["echo", "hello"], {
  tty: true,
  network: "none",
  remove: true,
});
const status = await present(record(session, file, { command: "echo hello", force: true }));
console.log(`${file} is written`, status);
