/** A private Podman, whose socket speaks as Docker's does. */
import { request } from "./engine_api.ts";
import { findCommand, KeptProcess, privateFolder, tool } from "./kept_process.ts";

/** The folders of an unpacked Podman, which the tests' runner knows. */
const unpacked = (Deno.env.get("DOCKERPTY_TEST_PODMAN_PATH") ?? "").split(":").filter(Boolean);

function find(...names: string[]): string | undefined {
  const paths = names.flatMap((name) => unpacked.map((folder) => `${folder}/${name}`));
  return findCommand(...paths, ...names);
}

const podman = find("podman");
const conmon = find("conmon", "/usr/libexec/podman/conmon");
const runtime = find("runc") ?? find("crun");

/** Why there can be none on this machine; undefined where there can. */
export function noPodman(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "a private Podman needs Linux and root";
  if (podman === undefined) return "there is no podman (DOCKERPTY_TEST_PODMAN_PATH)";
  if (conmon === undefined) return "there is no conmon";
  return runtime === undefined ? "there is neither runc nor crun" : undefined;
}

/** The engine. */
export class Podman implements AsyncDisposable {
  #process!: KeptProcess;

  private constructor(readonly folder: string) {}

  /** Starts it, with the image that the tests' engine has. */
  static async start(): Promise<Podman> {
    const engine = new Podman(privateFolder());
    try {
      await engine.#configure();
      await engine.#loadImage();
      await engine.#start();
      return engine;
    } catch (error) {
      await Deno.remove(engine.folder, { recursive: true }).catch(() => {});
      throw error;
    }
  }

  /** Its address, as `--host` takes it. */
  get host(): string {
    return `unix://${this.folder}/podman.sock`;
  }

  /** Runs Podman's own command to its end. */
  command(...args: string[]): Promise<string> {
    const [env, ...rest] = this.#argv;
    return tool(env, [...rest, ...args], { env: this.#env });
  }

  /** Podman itself, also where the environment names another engine. */
  get #argv(): string[] {
    return [
      ...["env", "-u", "DOCKER_HOST", "-u", "CONTAINER_HOST", podman!],
      ...["--root", `${this.folder}/data`, "--runroot", `${this.folder}/run`],
    ];
  }

  get #env(): Record<string, string> {
    const { PATH = "", LD_LIBRARY_PATH = "" } = Deno.env.toObject();
    return {
      HOME: this.folder,
      CONTAINERS_CONF: `${this.folder}/containers.conf`,
      CONTAINERS_STORAGE_CONF: `${this.folder}/storage.conf`,
      CONTAINERS_REGISTRIES_CONF: `${this.folder}/registries.conf`,
      PATH: [...unpacked, PATH, "/usr/sbin:/sbin"].filter(Boolean).join(":"),
      LD_LIBRARY_PATH: Deno.env.get("DOCKERPTY_TEST_PODMAN_LIBRARIES") ?? LD_LIBRARY_PATH,
    };
  }

  /** Settings that machines take as well which are containers themselves. */
  async #configure(): Promise<void> {
    const { folder } = this;
    const name = runtime!.split("/").at(-1);
    const files: Record<string, string> = {
      "containers.conf": [
        "[containers]",
        'default_ulimits=["nofile=4096:4096","nproc=1024:1024"]',
        "[engine]",
        ...['cgroup_manager="cgroupfs"', 'events_logger="file"', `runtime="${name}"`],
        `conmon_path=["${conmon}"]`,
        "[engine.runtimes]",
        `${name}=["${runtime}"]`,
        "",
      ].join("\n"),
      "storage.conf": `[storage]\ndriver="overlay"\nrunroot="${folder}/run"\n` +
        `graphroot="${folder}/data"\n`,
      "registries.conf": 'unqualified-search-registries=["docker.io"]\n',
      ".config/containers/policy.json": '{"default":[{"type":"insecureAcceptAnything"}]}',
    };
    await Deno.mkdir(`${folder}/.config/containers`, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
  }

  async #loadImage(): Promise<void> {
    const image = await request("GET", "/images/busybox:latest/get");
    const path = `${this.folder}/image.tar`;
    await Deno.writeFile(path, image.body);
    await this.command("load", "--quiet", "--input", path);
    // Docker saves it under its short name, which Podman takes for one of this machine.
    await this.command("tag", "busybox", "docker.io/library/busybox:latest");
    await Deno.remove(path);
  }

  async #start(): Promise<void> {
    const argv = [...this.#argv, "system", "service", "--time=0", this.host];
    const path = `${this.folder}/podman.sock`;
    this.#process = await KeptProcess.start(argv, {
      folder: this.folder,
      env: this.#env,
      ready: async () => {
        try {
          using connection = await Deno.connect({ transport: "unix", path });
          return connection !== undefined;
        } catch {
          return false;
        }
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.command("rm", "--all", "--force", "--time", "0").catch(() => {});
    await this.#killMonitors();
    await this.#process[Symbol.asyncDispose]();
  }

  /** What has monitored an exec lives on for minutes, and then makes the engine's folder again. */
  async #killMonitors(): Promise<void> {
    for await (const { name } of Deno.readDir("/proc")) {
      const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (command.split("\0", 1)[0] !== conmon || !command.includes(this.folder)) continue;
      try {
        Deno.kill(Number(name), "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
  }
}
