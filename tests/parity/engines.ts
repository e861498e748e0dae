/** Which engine the scenarios run on, and whether docker's CLI is there to compare with. */
import { engineVersion } from "../harness/engine.ts";

/** Docker before API 1.42, Docker from there on, and Podman's compatible API. */
export type Engine = "docker20" | "docker28" | "podman";

/** The engine of this run; where none answers, the tests are skipped whatever this says. */
export const engine: Engine = await engineVersion().then(
  ({ ApiVersion, podman }) =>
    podman ? "podman" : Number(ApiVersion.split(".")[1]) < 42 ? "docker20" : "docker28",
  () => "docker28",
);

/** What the scenarios say of docker's CLI was seen with 28.2; older ones differ in places. */
const LOWEST_CLI = 28;

/** Why there is nothing to compare with; null if there is. */
export const dockerMissing: string | null = findDocker();

function findDocker(): string | null {
  try {
    const { stdout } = new Deno.Command("docker", { args: ["--version"] }).outputSync();
    const text = new TextDecoder().decode(stdout).trim();
    const [, major] = /version (\d+)\./.exec(text) ?? [];
    if (Number(major) >= LOWEST_CLI) return null;
    return `docker's CLI is older than ${LOWEST_CLI}: ${text}`;
  } catch {
    return "docker's CLI is not on this machine";
  }
}
