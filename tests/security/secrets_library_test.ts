/** Secrets that the library is given: in no error, however deep one looks into it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  Client,
  InvalidOptionError,
  type RegistryAuth,
  type RunOptions,
} from "@dockerpty/dockerpty";
import { json } from "../fakes/engine.ts";
import { answers, FORMS, IMAGE, refuses, SECRET, sentAuth } from "./secrets.ts";
import { LIMITED, ServedEngine } from "./served.ts";

/** What is to be seen of an error by who looks as deep as can be. */
function shown(error: unknown): string {
  const parts = [
    Deno.inspect(error, { depth: Infinity, showHidden: true, strAbbreviateSize: 1e9 }),
  ];
  for (let at = error; at instanceof Error; at = at.cause) {
    parts.push(String(at), String(at.stack), JSON.stringify({ ...at }));
  }
  return parts.join("\n");
}

const AUTHS: Record<string, RegistryAuth> = {
  "a password": { username: "ann", password: SECRET },
  "an identity token": { identityToken: SECRET },
  "a registry token": { registryToken: SECRET },
};

const PULL = "POST /images/create";

/** How a pull fails, and what its error says. */
const FAILED_PULLS: Record<string, [script: (engine: ServedEngine) => void, says: RegExp]> = {
  "is refused": [refuses(PULL), /: no POST \/images\/create$/],
  "is denied": [(engine) => {
    const message = "unauthorized: authentication required";
    engine.on(PULL, () => json(401, { message }));
  }, /: unauthorized: authentication required$/],
  "fails on its way": [answers(PULL, '{"error":"no space left"}\n'), /: no space left$/],
  "is no JSON": [answers(PULL, "oops\n"), /is not JSON: "oops"$/],
  "is cut": [
    (engine) => engine.on(PULL, ({ connection }) => connection.close()),
    /^the engine closed the connection without an answer$/,
  ],
};

/** Runs a container of an image that is pulled, on an engine that must not let it. */
async function failed(client: Client, options: RunOptions): Promise<Error> {
  const running = client.run(IMAGE, ["x"], { pull: "always", ...options });
  const error = await running.then(() => null, (error) => error);
  assert(error instanceof Error);
  return error;
}

for (const [what, auth] of Object.entries(AUTHS)) {
  Deno.test(`security: secrets: not shown, by the library: ${what} as auth`, LIMITED, async () => {
    for (const [how, [script, says]] of Object.entries(FAILED_PULLS)) {
      await using engine = new ServedEngine();
      script(engine);
      const client = new Client({ endpoint: engine.host });
      const error = await failed(client, { auth });
      assertMatch(error.message, says, how);
      const text = `${shown(error)}\n${shown(client)}`;
      for (const form of FORMS) assert(!text.includes(form), `${how}: ${text}`);
      assertStringIncludes(sentAuth(engine), SECRET);
    }
  });
}

/** Options that cannot be used, and the option that the error names; programs may be without types. */
const UNUSABLE: Record<string, [options: Record<string, unknown>, says: RegExp]> = {
  "an auth that is a text": [{ auth: `ann:${SECRET}` }, /^invalid auth: /],
  "an auth that lacks the user": [{ auth: { password: SECRET } }, /^invalid auth: /],
  "an auth that is a list": [{ auth: [SECRET] }, /^invalid auth: /],
  "a variable without a name": [{ env: [`=${SECRET}`] }, /^invalid environment variable \(""\): /],
  "a variable without a name, in an object": [
    { env: { "": SECRET } },
    /^invalid environment variable \(""\): /,
  ],
  "a variable with NUL in it": [
    { env: { TOKEN: `${SECRET}\0` } },
    /^invalid environment variable \("TOKEN"\): /,
  ],
  "variables in one text": [{ env: `TOKEN=${SECRET}` }, /^invalid env: /],
  "a create request in a text": [
    { create: JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
    /^invalid create: /,
  ],
};

for (const [what, [unusable, says]] of Object.entries(UNUSABLE)) {
  Deno.test(`security: secrets: not shown, by the library: ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    const error = await failed(new Client({ endpoint: engine.host }), unusable);
    assert(error instanceof InvalidOptionError, String(error));
    assertMatch(error.message, says);
    for (const form of FORMS) assert(!shown(error).includes(form), String(error));
    assertEquals(engine.calls, []);
  });
}
