/** A real dockerd that can be away for a while: with `--live-restore` its containers run on. */
import { dockerd, dockerdEnv } from "./dockerd.ts";
import { request } from "./engine_api.ts";
import { KeptProcess, privateFolder } from "./kept_process.ts";
import { until } from "./until.ts";

/** Why there can be none on this machine; undefined where there can. */
export function noLiveRestoreEngine(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "a dockerd needs Linux and root";
  return dockerd() === undefined ? "there is no dockerd (DOCKERPTY_TEST_DOCKERD_PATH)" : undefined;
}

/**
 * Starts it again whenever it is told to. Its containers outlive it: when all is over, those that are
 * left are ended with what holds them, each by its own id.
 */
const LOOP = `
folder=$1; shift
over=; dockerd=
trap 'over=yes; kill $dockerd' TERM
while :; do
  "$@" & dockerd=$!
  echo $dockerd >"$folder/dockerd"
  while kill -0 $dockerd 2>/dev/null; do wait $dockerd; done
  until [ -n "$over" ] || [ -e "$folder/again" ]; do sleep 0.05; done
  [ -z "$over" ] || break
  rm "$folder/again"
done
for file in "$folder"/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/*/init.pid; do
  read -r init <"$file" && read -r _ _ _ shim _ <"/proc/$init/stat" && kill -KILL $init $shim
done 2>/dev/null`;

/** The engine. */
export class LiveRestoreEngine implements AsyncDisposable {
  #process!: KeptProcess;

  private constructor(readonly folder: string) {}

  /** Starts it, with the image that the tests' engine has. */
  static async start({ liveRestore = true } = {}): Promise<LiveRestoreEngine> {
    const engine = new LiveRestoreEngine(privateFolder());
    await engine.#start(liveRestore);
    return engine;
  }

  /** Its address. */
  get host(): string {
    return `unix://${this.folder}/docker.sock`;
  }

  /** One request to it; the answer's text. */
  async request(method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<string> {
    using client = Deno.createHttpClient({
      proxy: { transport: "unix", path: `${this.folder}/docker.sock` },
      poolMaxIdlePerHost: 0,
    });
    const signal = AbortSignal.timeout(60_000);
    const response = await fetch(`http://127.0.0.1${path}`, { client, method, body, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  }

  /** Sends its process a signal. */
  async signal(name: Deno.Signal): Promise<number> {
    const pid = Number(await Deno.readTextFile(`${this.folder}/dockerd`));
    Deno.kill(pid, name);
    return pid;
  }

  /** Ends it, as for an upgrade or by another signal; resolves when it is gone. */
  async stop(name: Deno.Signal = "SIGTERM"): Promise<void> {
    await this.#gone(await this.signal(name));
    // One that is killed takes its containerd with it, whose number it would still believe in: where
    // process 1 does not reap, that stays.
    const file = `${this.folder}/exec/containerd/containerd.pid`;
    const containerd = await Deno.readTextFile(file).catch(() => undefined);
    if (name !== "SIGKILL" || containerd === undefined) return;
    await this.#gone(Number(containerd));
    await Deno.remove(file);
  }

  async #gone(pid: number): Promise<void> {
    await until(() => Deno.stat(`/proc/${pid}/exe`).then(() => false, () => true), {
      what: "the engine's end",
      timeout: 60_000,
    });
  }

  /** Starts it again; resolves when it answers. */
  async again(): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/again`, "");
    await until(() => this.#answers(), { what: "the engine to answer again", timeout: 60_000 });
  }

  #answers(): Promise<boolean> {
    return this.request("GET", "/_ping").then(() => true, () => false);
  }

  async #start(liveRestore: boolean): Promise<void> {
    const { folder } = this;
    const settings = { "live-restore": liveRestore, "shutdown-timeout": 3 };
    await Deno.writeTextFile(`${folder}/daemon.json`, JSON.stringify(settings));
    const argv = [
      // Mounts of its own, which end with it.
      ...["unshare", "--mount", "--propagation", "slave", "sh", "-c", LOOP, "sh", folder],
      ...[dockerd()!, "--config-file", `${folder}/daemon.json`],
      ...["--pidfile", `${folder}/dockerd.pid`, "--host", this.host],
      ...["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`],
      ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
      ...["--log-opt", "max-size=1m"],
    ];
    const options = { folder, env: dockerdEnv(), ready: () => this.#answers(), timeout: 60_000 };
    this.#process = await KeptProcess.start(argv, options);
    try {
      const image = await request("GET", "/images/busybox:latest/get");
      await this.request("POST", "/images/load", image.body as Uint8Array<ArrayBuffer>);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const containers = await this.request("GET", "/containers/json?all=1");
      for (const { Id } of JSON.parse(containers)) {
        await this.request("DELETE", `/containers/${Id}?force=1`).catch(() => {});
      }
    } finally {
      await this.#process[Symbol.asyncDispose]();
    }
  }
}
