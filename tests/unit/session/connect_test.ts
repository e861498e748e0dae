import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  ConnectionError,
  DockerptyError,
  EndpointError,
  InvalidOptionError,
  PermissionError,
} from "../../../src/errors.ts";
import { Client, type ClientOptions } from "../../../mod.ts";

const HINT = "; DOCKER_HOST could not be read: if it names the engine, add --allow-env=DOCKER_HOST";

/** What becomes of a session with no engine to be had. */
async function refused(options: ClientOptions = {}): Promise<DockerptyError> {
  return await assertRejects(() => new Client(options).exec("box", ["true"]), DockerptyError);
}

Deno.test("an endpoint that is none is refused before anything is asked", async () => {
  const wrong = [
    5,
    {},
    { path: "/x" },
    { transport: "unix" },
    { transport: "unix", path: "x" },
    {
      transport: "tcp",
      hostname: "h",
    },
    { transport: "ssh", hostname: "" },
    "/run/docker.sock",
    "",
    "unix:x",
  ];
  for (const endpoint of wrong as ClientOptions["endpoint"][]) {
    const dial = () => Promise.reject(new Error("dialed"));
    const error = await assertRejects(
      () => new Client({ endpoint, dial }).exec("box", ["true"]),
      EndpointError,
    );
    assertStringIncludes(error.message, "unix:///path");
  }
});

/** Options of programs without types. */
// deno-lint-ignore no-explicit-any -- what the types refuse is what is tested
type Untyped = any;

Deno.test("a client's options that are none, or cannot dial, are refused at once", () => {
  for (const options of [null, 5, "unix:///x", []] as Untyped[]) {
    assertThrows(() => new Client(options), InvalidOptionError, "invalid options");
  }
  for (const dial of [5, {}, null] as Untyped[]) {
    assertThrows(() => new Client({ dial }), InvalidOptionError, "invalid dial");
  }
});

Deno.test("a client's options that cannot be used are told by the first call, which dials nobody", async () => {
  const dial = () => Promise.reject(new Error("dialed"));
  const wrong: [name: string, options: Untyped][] = [
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: -5 }],
    ["timeout", { timeout: NaN }],
    ["timeout", { timeout: "5" }],
    ["API version", { apiVersion: "x" }],
    ["API version", { apiVersion: 1.41 }],
  ];
  for (const [name, options] of wrong) {
    const client = new Client({ endpoint: "unix:///x", dial, ...options });
    for (const call of [() => client.exec("box", ["true"]), () => client.attach("box")]) {
      await assertRejects(call, InvalidOptionError, `invalid ${name}`);
    }
  }
});

const nobody = () => Promise.reject(new ConnectionError("nobody is there"));

Deno.test({
  name: "an engine that was looked for without DOCKER_HOST: its error says so, once",
  permissions: "none",
  async fn() {
    const error = await refused();
    assertEquals([error instanceof PermissionError, error.message.split(HINT).length], [true, 2]);
    assertEquals((await refused({ dial: nobody })).message, `nobody is there${HINT}`);
    // One that is named is the one that is meant.
    const endpoint = "unix:///run/other.sock";
    assertEquals((await refused({ endpoint })).message.includes(HINT), false);
    assertEquals((await refused({ endpoint, dial: nobody })).message, "nobody is there");
  },
});

Deno.test({
  name: "an engine that was looked for with DOCKER_HOST: nothing more is said of it",
  permissions: { env: ["DOCKER_HOST"] },
  async fn() {
    assertEquals((await refused({ dial: nobody })).message, "nobody is there");
  },
});
