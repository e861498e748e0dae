/**
 * What was probably meant by a name that the engine does not know.
 *
 * @module
 */
import { EngineError, messageOf } from "../errors.ts";
import { type ClientOptions, connect } from "../session/connect.ts";

const NO_CONTAINER =
  /no such container: ([\w.-]+)$|no container with name or id "([\w.-]+)" found/i;
const NO_IMAGE = /no such image: ([\w./:-]+)$/i;

/**
 * The message of an error; one about a name says which was probably meant. With `running`, only a
 * container that runs can be.
 */
export async function explain(
  error: unknown,
  client: ClientOptions,
  { running = false }: { running?: boolean } = {},
): Promise<string> {
  const message = messageOf(error);
  if (!(error instanceof EngineError) || error.status !== 404) return message;
  const kind = NO_CONTAINER.test(message) ? "container" : "image";
  const [, first, second] = (kind === "container" ? NO_CONTAINER : NO_IMAGE).exec(message) ?? [];
  const name = (first ?? second)?.replace(/:latest$/, "");
  if (name === undefined) return message;
  // The hint is a courtesy: where it cannot be had, the engine's message will do.
  const names = await namesOf(kind, client, running).catch(() => null);
  if (names === null) return message;
  const { meantBy } = await import("../closest.ts");
  const meant = meantBy(name, names);
  if (meant.length > 0) return `no ${kind} named ${name}: did you mean ${meant.join(" or ")}?`;
  if (kind === "image") return message;
  const list = running ? "docker ps lists those that run" : "docker ps -a lists those there are";
  return `${message}; ${list}: ${some(names)}`;
}

/** How long a courtesy may keep somebody waiting, in milliseconds. */
export const COURTESY_TIME = 2000;

async function namesOf(
  kind: "container" | "image",
  client: ClientOptions,
  running: boolean,
): Promise<string[]> {
  const { containerNames, imageNames } = await import("../engine/names.ts");
  const engine = await connect({ ...client, timeout: COURTESY_TIME });
  try {
    return kind === "container"
      ? await containerNames(engine, { running })
      : await imageNames(engine);
  } finally {
    engine.close();
  }
}

/** So many names are shown of those that there are. */
const SHOWN = 5;

function some(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}`;
}
