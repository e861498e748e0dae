import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ConnectionError,
  DockerptyError,
  EndpointError,
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
