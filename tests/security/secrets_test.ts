/** Secrets that the command gets: in no error, and in no --debug output. */
import { json } from "../fakes/engine.ts";
import {
  answers,
  config,
  IMAGE,
  password,
  refuses,
  REGISTRY,
  SECRET,
  secretEnv,
  testNotShown,
} from "./secrets.ts";

const pull = ["run", "--pull=always", IMAGE];
const withAuth = { route: "POST /images/create", in: "x-registry-auth" } as const;
const create = "POST /containers/create";
const withBody = { route: create, in: "body" } as const;
const HELPER = `#!/bin/sh\necho '{"Username":"ann","Secret":"${SECRET}"}'\n`;

testNotShown({
  "a stored password, where the pull is refused": {
    files: password,
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "a stored password, where the pull fails on its way": {
    files: password,
    args: pull,
    engine: answers("POST /images/create", '{"error":"no"}\n'),
    sentAs: withAuth,
  },
  "a stored password, where the connection is cut": {
    files: password,
    args: pull,
    engine: (engine) => engine.on("POST /images/create", ({ connection }) => connection.close()),
    sentAs: withAuth,
  },
  "a stored identity token": {
    files: config({ auths: { [REGISTRY]: { identitytoken: SECRET } } }),
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "a stored registry token": {
    files: config({ auths: { [REGISTRY]: { registrytoken: SECRET } } }),
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "the answer of a credential helper": {
    files: { ...config({ credsStore: "mine" }), "docker-credential-mine": HELPER },
    args: pull,
    engine: refuses("POST /images/create"),
    sentAs: withAuth,
  },
  "the words of a credential helper that fails": {
    files: {
      ...config({ credsStore: "mine" }),
      "docker-credential-mine": `#!/bin/sh\necho ${SECRET}; echo ${SECRET} >&2; exit 1\n`,
    },
    args: pull,
    engine: refuses("POST /images/create"),
  },
  "a configuration that is not JSON": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":"${SECRET}" oops` },
    args: ["run", "-d", "busybox"],
    engine: refuses(create),
  },
  "a configuration that is not JSON, of a session": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    engine: refuses("POST /containers/c0ffee/attach"),
  },
  "a configuration that is not JSON, for its context": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    env: { DOCKER_HOST: "" },
  },
  "a variable, where the create is refused": {
    args: ["run", ...secretEnv, "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a variable, where the create is answered with it": {
    args: ["run", ...secretEnv, "busybox"],
    engine: answers(create, `{"Env":["TOKEN=${SECRET}"]`),
    sentAs: withBody,
  },
  "a variable, where the start is refused": {
    args: ["run", ...secretEnv, "busybox"],
    engine: refuses("POST /containers/c0ffee/start"),
    sentAs: withBody,
  },
  "a variable of this process": {
    args: ["run", "-e", "TOKEN", "busybox"],
    env: { TOKEN: SECRET },
    engine: refuses(create),
    sentAs: withBody,
  },
  "a variable without a name": { args: ["run", "-e", `=${SECRET}`, "busybox"] },
  "a variable without a name, of an exec": { args: ["exec", "-e", `=${SECRET}`, "box", "x"] },
  "a variable of an exec": {
    args: ["exec", ...secretEnv, "box", "x"],
    engine: (engine) => engine.on("POST /containers/box/exec", () => json(500, { message: "no" })),
    sentAs: { route: "POST /containers/box/exec", in: "body" },
  },
  "a file of variables": {
    files: { "a.env": `TOKEN=${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a line of a file of variables that is none": {
    files: { "a.env": `A=1\nmy ${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
  },
  "a file of variables of an exec, with a line that is none": {
    files: { "a.env": `A=1\n=${SECRET}\n` },
    args: ["exec", "--env-file", "FOLDER/a.env", "box", "x"],
  },
  "a create request in a file": {
    files: { "create.json": JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a create request that is not JSON": {
    files: { "create.json": `{"Env":["TOKEN=${SECRET}" oops` },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
  },
  "a container's variables in an answer that is cut": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Config":{"Env":["TOKEN=${SECRET}"`),
  },
  "a container's variables in an answer that is malformed": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Env":["${SECRET}" "${SECRET}"]}`),
  },
  "proxies with a password": {
    files: config({ proxies: { default: { httpProxy: `http://me:${SECRET}@proxy` } } }),
    args: ["run", "busybox"],
    engine: refuses(create),
    sentAs: withBody,
  },
  "a password in an address of ssh": { args: ["-H", `ssh://me:${SECRET}@far`, "attach", "box"] },
  "a password in an address of TCP": { args: ["-H", `tcp://me:${SECRET}@far:1`, "attach", "box"] },
});
