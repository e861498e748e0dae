/** How long an engine may take for an answer, where that is said and where it is not. */
import { assertEquals } from "@std/assert";
import { Engine } from "../../src/engine/engine.ts";
import { connect } from "../../src/session/connect.ts";
import { parseEndpoint } from "../../src/transport/endpoint.ts";

Deno.test("engine: where nothing is said, the time limit is two minutes", async () => {
  const endpoint = parseEndpoint("unix:///nobody/listens.sock");
  const unused = () => Promise.reject(new Error("nothing is to be asked"));
  assertEquals(new Engine(endpoint, unused).timeout, 120_000);
  const variable = "DOCKER_CLIENT_TIMEOUT";
  const before = Deno.env.get(variable);
  try {
    Deno.env.delete(variable);
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 120_000);
    Deno.env.set(variable, "");
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 120_000);
    Deno.env.set(variable, "7");
    assertEquals((await connect({ endpoint, dial: unused })).timeout, 7000);
    assertEquals((await connect({ endpoint, dial: unused, timeout: 30 })).timeout, 30);
  } finally {
    if (before === undefined) Deno.env.delete(variable);
    else Deno.env.set(variable, before);
  }
});
