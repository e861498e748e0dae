/** A real sshd on the loopback, with keys of its own, in front of the tests' engine. */
import { host } from "./engine_api.ts";
import { findCommand, freePort, KeptProcess, privateFolder, tool } from "./kept_process.ts";
import { until } from "./until.ts";

const sshd = findCommand("sshd");
const docker = findCommand(Deno.env.get("DOCKERPTY_TEST_DOCKER") ?? "docker", "docker");

/** Why there can be none on this machine; undefined where there can. */
export function noSshd(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "a private sshd needs Linux and root";
  if (sshd === undefined) return "there is no sshd";
  if (findCommand("ssh") === undefined) return "there is no ssh";
  return docker === undefined ? "there is no docker command (DOCKERPTY_TEST_DOCKER)" : undefined;
}

/** Who logs in, and what of. */
export interface Login {
  /** `stranger` has a key that sshd does not know; for `bare` there is no docker over there. */
  key?: "user" | "stranger" | "bare";
  /** Whether the host's key is known here. @default {true} */
  known?: boolean;
  /** Whether ssh has a folder of its own here, as it does from its first use on. @default {true} */
  used?: boolean;
}

/** A machine that is reached by ssh: this one. */
export class Sshd implements AsyncDisposable {
  #process!: KeptProcess;

  private constructor(readonly folder: string, readonly port: number) {}

  /** Starts it. */
  static async start(): Promise<Sshd> {
    const machine = new Sshd(privateFolder(), freePort());
    try {
      await machine.#prepare();
      await machine.#start();
      return machine;
    } catch (error) {
      await Deno.remove(machine.folder, { recursive: true }).catch(() => {});
      throw error;
    }
  }

  /** Its address, as `--host` takes it. */
  get host(): string {
    return `ssh://root@127.0.0.1:${this.port}`;
  }

  /** An environment whose `ssh` has this login's key and known hosts, and nothing of the user's. */
  env({ key = "user", known = true, used = true }: Login = {}): Record<string, string> {
    const bin = `${this.folder}/bin-${key}-${known}-${used}`;
    Deno.mkdirSync(bin, { recursive: true });
    const options = [
      ...["-F", "none", "-i", `${this.folder}/${key}`, "-o", "IdentitiesOnly=yes"],
      ...["-o", `UserKnownHostsFile=${known ? `${this.folder}/known_hosts` : "/dev/null"}`],
    ];
    const ssh = findCommand("ssh");
    // What ssh does where ~/.ssh, which is the user's, is not there
    const unused =
      `case "$*" in -F*) exit 255 ;; *ControlMaster*) ${ssh} -S /missing/s "$@"; exit ;; esac`;
    const lines = ["#!/bin/sh", used ? "" : unused, `exec ${ssh} ${options.join(" ")} "$@"`];
    const script = `${lines.join("\n")}\n`;
    Deno.writeTextFileSync(`${bin}/ssh`, script, { mode: 0o755 });
    const { PATH } = Deno.env.toObject();
    return { PATH: `${bin}:${PATH}`, DOCKER_HOST: "", SSH_AUTH_SOCK: "" };
  }

  /** What ran through it just now: the processes of its sessions. */
  async sessions(): Promise<number[]> {
    const pids = [];
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      const mine = command.includes(`-p\0${this.port}`) || command.includes(`${this.folder}/far`);
      if (mine) pids.push(Number(name));
    }
    return pids;
  }

  /** Waits until nothing is left of any session, on either side. */
  async quiet(): Promise<void> {
    await until(async () => (await this.sessions()).length === 0, {
      what: "ssh's processes to end",
      timeout: 60_000,
      interval: 50,
    });
  }

  /** Takes no more connections: whoever opens one waits. */
  pause(): void {
    Deno.kill(this.#process.pid, "SIGSTOP");
  }

  /** Takes those that wait, and more. */
  resume(): void {
    Deno.kill(this.#process.pid, "SIGCONT");
  }

  /** Cuts every connection, as a network does that fails: the servers of the sessions are killed. */
  async cut(): Promise<void> {
    const children = await tool("pgrep", ["-P", String(this.#process.pid)]).catch(() => "");
    for (const pid of children.split("\n").filter(Boolean)) {
      try {
        Deno.kill(Number(pid), "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
  }

  async #prepare(): Promise<void> {
    const { folder } = this;
    for (const name of ["host", "user", "stranger", "bare"]) {
      await tool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`]);
    }
    const read = async (name: string) => (await Deno.readTextFile(`${folder}/${name}.pub`)).trim();
    await Deno.writeTextFile(
      `${folder}/known_hosts`,
      `[127.0.0.1]:${this.port} ${await read("host")}\n`,
    );
    // A place for what is over there, in whose name its processes are found again.
    await Deno.mkdir(`${folder}/far`);
    await Deno.symlink(docker!, `${folder}/far/docker`);
    const login = (path: string, key: string) =>
      `command="PATH=${path} DOCKER_HOST=${host} exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"" ${key}\n`;
    await Deno.writeTextFile(
      `${folder}/authorized_keys`,
      login(`${folder}/far:/usr/bin:/bin`, await read("user")) +
        login(`${folder}/none:${folder}/sh`, await read("bare")),
    );
    await Deno.mkdir(`${folder}/sh`);
    await Deno.symlink("/bin/sh", `${folder}/sh/sh`);
    await Deno.writeTextFile(
      `${folder}/sshd_config`,
      [
        ...["ListenAddress 127.0.0.1", `Port ${this.port}`, `HostKey ${folder}/host`],
        ...[`AuthorizedKeysFile ${folder}/authorized_keys`, "StrictModes no", "PidFile none"],
        ...["PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no"],
        ...["PermitRootLogin yes", "MaxStartups 100", "PrintMotd no"],
      ].join("\n") + "\n",
    );
  }

  async #start(): Promise<void> {
    const { folder, port } = this;
    // Where sshd locks itself in before a login; Debian makes it when the system's own starts.
    await Deno.mkdir("/run/sshd", { recursive: true });
    this.#process = await KeptProcess.start([sshd!, "-D", "-e", "-f", `${folder}/sshd_config`], {
      folder,
      ready: async () => {
        try {
          using connection = await Deno.connect({ hostname: "127.0.0.1", port });
          return await connection.read(new Uint8Array(64)) !== null;
        } catch {
          return false;
        }
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    await this.#process[Symbol.asyncDispose]();
  }
}
