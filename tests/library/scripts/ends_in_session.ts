/** Joins a session to the terminal, and ends in the middle of it, once a file is there. */
import { exec } from "@dockerpty/dockerpty";

const [how, container, go, command] = Deno.args;
const session = exec(container, ["sh", "-c", command]);

const until = async (path: string) => {
  while (await Deno.stat(path).then(() => false, () => true)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const ends: Record<string, () => unknown> = {
  "exits": () => Deno.exit(7),
  "throws": () =>
    setTimeout(() => {
      throw new Error("nobody catches this");
    }),
  "rejects": () => void Promise.reject(new Error("nobody catches this")),
  "opens another": async () => {
    const error = await exec(container, ["true"]).then(() => null, (error) => error);
    await Deno.writeTextFile(`${go}.told`, `${error}`);
    console.log(await session);
  },
};

await until(go);
await ends[how]();
