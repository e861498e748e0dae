/** The two command lines, at the same recorder, in the same folder, with the same environment. */
import { parseArguments } from "../../src/cli/args.ts";
import { readDockerConfig } from "../../src/cli/docker_config.ts";
import { globalFlagsAmong } from "../../src/cli/flags.ts";
import { RUN } from "../../src/cli/verbs/run.ts";
import { FakeTerminal } from "../fakes/terminal.ts";
import { type CreateRecorder, type CreateRequest, REFUSAL } from "./create_recorder.ts";

/** The environment beside the engine's address. */
export const ENV = { GIVEN: "given" };

/** Whether docker's own CLI is on this machine. */
export async function hasDocker(): Promise<boolean> {
  try {
    return (await new Deno.Command("docker", { args: ["--version"], stdout: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

/** A folder with the files that the command lines name. */
export async function makeFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "dockerpty-create-" });
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
  await write("good.env", '\ufeffA=1\n# none\n  B= x y \n\nGIVEN\nNOT_GIVEN\nC="q"\r\n');
  await write("labels", "a=1\nbare\n#x\nb=x y\n");
  await write("profile.json", '{ "defaultAction" : "SCMP_ACT_ALLOW" }\n');
  await write("bad_name.env", "=x\n");
  await write("bad_blank.env", "a b=c\n");
  await write("not_json", "{");
  await write("old.cid", "an id");
  await Deno.mkdir(`${folder}/config`);
  return folder;
}

/** What a command line ended with, and what it asked the engine to create. */
export interface Asked {
  code: number;
  error: string;
  requests: CreateRequest[];
  calls: string[];
}

/** Runs docker's own CLI. */
export async function dockers(
  recorder: CreateRecorder,
  folder: string,
  args: string[],
): Promise<Asked> {
  const { code, stderr } = await new Deno.Command("docker", {
    args,
    cwd: folder,
    env: { ...ENV, DOCKER_HOST: recorder.host, DOCKER_CONFIG: `${folder}/config` },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const calls = [...recorder.calls];
  return { code, error: new TextDecoder().decode(stderr), calls, requests: recorder.take() };
}

/** Runs ours, in this process: it must be in `folder`, and have {@linkcode ENV}. */
export async function ours(recorder: CreateRecorder, args: string[]): Promise<Asked> {
  let error = "";
  try {
    await RUN.run(parseArguments(args.slice(1), [...RUN.flags, ...globalFlagsAmong(RUN.flags)]), {
      client: { endpoint: recorder.host },
      dockerConfig: () => readDockerConfig(() => {}),
      terminal: new FakeTerminal([]),
      print: () => {},
      note: () => {},
    });
  } catch (thrown) {
    error = (thrown as Error).message;
    if (error !== REFUSAL) throw thrown;
  }
  const calls = [...recorder.calls];
  return { code: 125, error, calls, requests: recorder.take() };
}
