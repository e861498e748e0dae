/** Words of the environment, docker's configuration and ssh: none moves the cursor. */
import { FakeContainer } from "../fakes/container.ts";
import { EVIL, EVIL_WORD, testPrinted } from "./printed.ts";

testPrinted({
  "the address of the engine": {
    args: ["attach", "box"],
    env: () => ({ DOCKER_HOST: `tcp://${EVIL_WORD}` }),
  },
  "the address of the engine, to permissions": {
    args: ["permissions"],
    env: () => ({ DOCKER_HOST: `unix:///evil\u009b31m\u202edrow` }),
    shows: null,
    code: 0,
  },
  "the chosen context in docker's configuration": {
    args: ["attach", "box"],
    config: { "config.json": JSON.stringify({ currentContext: EVIL }) },
    env: () => ({ DOCKER_HOST: "" }),
  },
  "the detach keys in docker's configuration": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["attach", "box"],
    config: { "config.json": JSON.stringify({ detachKeys: EVIL }) },
  },
  "a configuration of docker's that is not JSON": {
    engine: (engine) => void new FakeContainer(engine),
    args: ["run", "-d", "busybox"],
    config: { "config.json": `{"x":${EVIL}` },
    shows: /^WARNING: cannot use .*config.json": it is not JSON[ -~]*\n$/,
    code: 0,
  },
  "ssh's words": {
    args: ["attach", "box"],
    config: { "ssh": `#!/bin/sh\nprintf '%s\\n' '${EVIL_WORD}' >&2\nexit 255\n` },
    env: (folder) => ({ DOCKER_HOST: "ssh://far", PATH: `${folder}:${Deno.env.get("PATH")}` }),
  },
});
