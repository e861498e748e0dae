/** The socket by which connections of ssh share one: whoever could use it would be at the engine. */
import { assert, assertEquals } from "@std/assert";
import { Live } from "../engine/live.ts";
import { underTest } from "../harness/command.ts";
import { container } from "../harness/engine.ts";
import { noSshd, Sshd } from "../harness/sshd.ts";
import { until } from "../harness/until.ts";
import { IDLE, testWith } from "../reach/verbs.ts";

const lacks = underTest === "docker" ? "docker's command shares nothing of itself" : noSshd();

/** The home of the user, by which ssh goes whatever HOME says. */
async function home(): Promise<string> {
  const lines = (await Deno.readTextFile("/etc/passwd")).split("\n");
  return lines.map((line) => line.split(":")).find(([, , uid]) => uid === `${Deno.uid()}`)![5];
}

/** The folder of ssh's own, as it makes it at its first use; removed again if it was not there. */
async function ownFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = `${await home()}/.ssh`;
  const made = await Deno.mkdir(path, { mode: 0o700 }).then(() => true, () => false);
  return {
    path,
    async [Symbol.asyncDispose](): Promise<void> {
      // Somebody else may have begun to use it.
      if (made) await Deno.remove(path).catch(() => {});
    },
  };
}

/** The path of the shared socket, from the command line of an ssh that runs. */
async function controlPath(pids: readonly number[]): Promise<string | undefined> {
  for (const pid of pids) {
    const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    const path = /ControlPath=([^\0]+)/.exec(command)?.[1];
    if (path !== undefined) return path.replace(/^~/, await home());
  }
}

testWith(lacks, "security: ssh: the shared socket is 0600, in a folder of the user's", async () => {
  await using folder = await ownFolder();
  await using machine = await Sshd.start();
  await using box = await container({ cmd: IDLE });
  const script = "echo ready; cat";
  await using live = new Live(["-H", machine.host, "exec", "-i", box.name, "sh", "-c", script], {
    env: machine.env(),
    stdin: "piped",
  });
  await live.waitFor("ready\n", { timeout: 30_000 });
  const path = await controlPath(await machine.sessions());
  assert(path !== undefined && path.startsWith(`${folder.path}/dockerpty-`), path);
  const info = await until(() => Deno.lstat(path).catch(() => null), { what: path });
  assertEquals([info.isSocket, info.mode! & 0o777, info.uid], [true, 0o600, Deno.uid()]);
  const { mode, uid } = await Deno.stat(folder.path);
  assertEquals([mode! & 0o022, uid], [0, Deno.uid()]);
  await live.closeStdin();
  assertEquals((await live.end({ timeout: 30_000 })).code, 0);
  await machine.quiet();
  assert(!await Deno.lstat(path).then(() => true, () => false), "it is left behind");
});

testWith(
  lacks,
  "security: ssh: the shared socket is gone once the command is killed",
  async (t) => {
    await using folder = await ownFolder();
    await using machine = await Sshd.start();
    await using box = await container({ cmd: ["cat"], openStdin: true });
    const args = ["-H", machine.host, "attach", "--sig-proxy=false", box.name];
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const) {
      await t.step(`security: ssh: the shared socket is gone after ${signal}`, async () => {
        await using live = new Live(args, { env: machine.env(), stdin: "piped" });
        await live.write("ready\n");
        await live.waitFor("ready\n", { timeout: 30_000 });
        const path = await controlPath(await machine.sessions());
        assert(path !== undefined && path.startsWith(`${folder.path}/dockerpty-`), path);
        assert((await Deno.lstat(path)).isSocket);
        live.kill(signal);
        assertEquals((await live.end({ timeout: 30_000 })).signal, signal);
        await machine.quiet();
        assert(!await Deno.lstat(path).then(() => true, () => false), "it is left behind");
      });
    }
  },
);
