/** Secrets that the library is given: in no error, however deep one looks into it. */
import { assert, assertStringIncludes } from "@std/assert";
import { Client, type RegistryAuth, type RunOptions } from "@dockerpty/dockerpty";
import { json } from "../fakes/engine.ts";
import { answers, FORMS, IMAGE, refuses, SECRET } from "./secrets.ts";
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

/** How a pull fails. */
const FAILED_PULLS: Record<string, (engine: ServedEngine, abort: () => void) => void> = {
  "is refused": refuses("POST /images/create"),
  "is denied": (engine) => {
    const message = "unauthorized: authentication required";
    engine.on("POST /images/create", () => json(401, { message }));
  },
  "fails on its way": answers("POST /images/create", '{"error":"no"}\n'),
  "is no JSON": answers("POST /images/create", "oops\n"),
  "is cut": (engine) => engine.on("POST /images/create", ({ connection }) => connection.close()),
  "is given up": (engine, abort) => engine.on("POST /images/create", () => abort()),
};

for (const [what, auth] of Object.entries(AUTHS)) {
  Deno.test(`security: secrets: not shown, by the library: ${what} as auth`, LIMITED, async () => {
    for (const [how, script] of Object.entries(FAILED_PULLS)) {
      await using engine = new ServedEngine();
      const controller = new AbortController();
      script(engine, () => controller.abort(new Error("given up")));
      const client = new Client({ endpoint: engine.host });
      const options = { auth, pull: "always", signal: controller.signal } as const;
      const error = await client.run(IMAGE, ["x"], options).then(() => null, (error) => error);
      assert(error instanceof Error, how);
      const text = `${shown(error)}\n${shown(client)}`;
      for (const form of FORMS) assert(!text.includes(form), `${how}: ${text}`);
      const sent = engine.call("POST /images/create").headers.get("x-registry-auth")!;
      assertStringIncludes(atob(sent.replaceAll("-", "+").replaceAll("_", "/")), SECRET);
    }
  });
}

/** Options that cannot be used; programs may be written without types. */
const UNUSABLE: Record<string, Record<string, unknown>> = {
  "an auth that is a text": { auth: `ann:${SECRET}` },
  "an auth that is a list": { auth: [SECRET] },
  "an auth without what it needs": { auth: { password: SECRET } },
  "a variable without a name": { env: [`=${SECRET}`] },
  "a variable without a name, in an object": { env: { "": SECRET } },
  "a variable with NUL in it": { env: { TOKEN: `${SECRET}\0` } },
  "variables in one text": { env: `TOKEN=${SECRET}` },
  "a create request in a text": { create: JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
};

for (const [what, unusable] of Object.entries(UNUSABLE)) {
  Deno.test(`security: secrets: not shown, by the library: ${what}`, LIMITED, async () => {
    await using engine = new ServedEngine();
    refuses("POST /images/create")(engine);
    const client = new Client({ endpoint: engine.host });
    const options: RunOptions = { pull: "always", ...unusable };
    const error = await client.run(IMAGE, ["x"], options).then(() => null, (error) => error);
    assert(error instanceof Error);
    for (const form of FORMS) assert(!shown(error).includes(form), String(error));
  });
}
