/** Secrets that the command gets: in no error, and in no --debug output. */
import {
  answers,
  config,
  IMAGE,
  password,
  refused,
  refuses,
  REGISTRY,
  SECRET,
  secretEnv,
  testNotShown,
} from "./secrets.ts";

const pull = ["run", "--pull=always", IMAGE];
const create = "POST /containers/create";
const withBody = { bodyOf: create };
const NOT_JSON = /: the engine's answer to \S+ \S+ is not JSON: it begins as JSON, /;
const NO_NAME = /: invalid argument "=…" for "-e, --env" flag: expected NAME=value or NAME\n/;
const HELPER = `#!/bin/sh\necho '{"Username":"ann","Secret":"${SECRET}"}'\n`;

testNotShown({
  "a stored password, where the pull is refused": {
    files: password,
    args: pull,
    ...refused("POST /images/create"),
    sentAs: "auth",
  },
  "a stored password, where the pull fails on its way": {
    files: password,
    args: pull,
    engine: answers("POST /images/create", '{"error":"no space left"}\n'),
    says: /: cannot pull registry\.example:5000\/a:1: no space left\n/,
    sentAs: "auth",
  },
  "a stored password, where the connection is cut": {
    files: password,
    args: pull,
    engine: (engine) => engine.on("POST /images/create", ({ connection }) => connection.close()),
    says: /: the engine closed the connection without an answer\n/,
    sentAs: "auth",
  },
  "a stored identity token": {
    files: config({ auths: { [REGISTRY]: { identitytoken: SECRET } } }),
    args: pull,
    ...refused("POST /images/create"),
    sentAs: "auth",
  },
  "a stored registry token": {
    files: config({ auths: { [REGISTRY]: { registrytoken: SECRET } } }),
    args: pull,
    ...refused("POST /images/create"),
    sentAs: "auth",
  },
  "the answer of a credential helper": {
    files: { ...config({ credsStore: "mine" }), "docker-credential-mine": HELPER },
    args: pull,
    ...refused("POST /images/create"),
    sentAs: "auth",
  },
  "the words of a credential helper that fails": {
    files: {
      ...config({ credsStore: "mine" }),
      "docker-credential-mine":
        `#!/bin/sh\necho ${SECRET}; echo ${SECRET} >&2; : >"\${0%/*}/asked"; exit 1\n`,
    },
    mark: "asked",
    args: pull,
    ...refused("POST /images/create"),
  },
  "a configuration that is not JSON": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":"${SECRET}" oops` },
    args: ["run", "-d", "busybox"],
    engine: refuses(create),
    says: /config\.json": it is not JSON: line 1, .*\n.*: no POST \/containers\/create\n/,
  },
  "a configuration that is not JSON, of a session": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    engine: refuses("POST /containers/c0ffee/attach"),
    says: /config\.json": it is not JSON: line 1, .*\n.*: no POST \S+\/attach\n/,
  },
  "a configuration that is not JSON, for its context": {
    files: { "config.json": `{"auths":{"${REGISTRY}":{"auth":${SECRET}` },
    args: ["attach", "box"],
    env: { DOCKER_HOST: "" },
    says: /: cannot read \S+\/config\.json: it is not a JSON object\n/,
  },
  "a variable, where the create is refused": {
    args: ["run", ...secretEnv, "busybox"],
    ...refused(create),
    sentAs: withBody,
  },
  "a variable, where the create is answered with it": {
    args: ["run", ...secretEnv, "busybox"],
    engine: answers(create, `{"Env":["TOKEN=${SECRET}"]`),
    says: NOT_JSON,
    sentAs: withBody,
  },
  "a variable, where the start is refused": {
    args: ["run", ...secretEnv, "busybox"],
    ...refused("POST /containers/c0ffee/start"),
    sentAs: withBody,
  },
  "a variable of this process": {
    args: ["run", "-e", "TOKEN", "busybox"],
    env: { TOKEN: SECRET },
    ...refused(create),
    sentAs: withBody,
  },
  "a variable without a name": { args: ["run", "-e", `=${SECRET}`, "busybox"], says: NO_NAME },
  "a variable without a name, of an exec": {
    args: ["exec", "-e", `=${SECRET}`, "box", "x"],
    says: NO_NAME,
  },
  "a variable of an exec": {
    args: ["exec", ...secretEnv, "box", "x"],
    ...refused("POST /containers/box/exec"),
    sentAs: { bodyOf: "POST /containers/box/exec" },
  },
  "a file of variables": {
    files: { "a.env": `TOKEN=${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
    ...refused(create),
    sentAs: withBody,
  },
  "a line of a file of variables that is none": {
    files: { "a.env": `A=1\nmy ${SECRET}\n` },
    args: ["run", "--env-file", "FOLDER/a.env", "busybox"],
    says: /"--env-file" flag: line 2 has blanks in its name: expected NAME=value\n/,
  },
  "a file of variables of an exec, with a line that is none": {
    files: { "a.env": `A=1\n=${SECRET}\n` },
    args: ["exec", "--env-file", "FOLDER/a.env", "box", "x"],
    says: /"--env-file" flag: line 2 has no name: expected NAME=value\n/,
  },
  "a create request in a file": {
    files: { "create.json": JSON.stringify({ Env: [`TOKEN=${SECRET}`] }) },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
    ...refused(create),
    sentAs: withBody,
  },
  "a create request that is not JSON": {
    files: { "create.json": `{"Env":["TOKEN=${SECRET}" oops` },
    args: ["run", "--create-json", "FOLDER/create.json", "busybox"],
    says: /: --create-json: "\S+\/create\.json" is not JSON: line 1, column 32: /,
  },
  "a container's variables in an answer that is cut": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Config":{"Env":["TOKEN=${SECRET}"`),
    says: NOT_JSON,
  },
  "a container's variables in an answer that is malformed": {
    args: ["attach", "box"],
    engine: answers("GET /containers/box/json", `{"Env":["${SECRET}" "${SECRET}"]}`),
    says: NOT_JSON,
  },
  "proxies with a password": {
    files: config({ proxies: { default: { httpProxy: `http://me:${SECRET}@proxy` } } }),
    args: ["run", "busybox"],
    ...refused(create),
    sentAs: withBody,
  },
  "a password in an address of ssh": {
    args: ["-H", `ssh://me:${SECRET}@far`, "attach", "box"],
    says: /: cannot use the engine's address "ssh:\/\/me:…@far": /,
  },
  "a password in an address of TCP": {
    args: ["-H", `tcp://me:${SECRET}@far:1`, "attach", "box"],
    says: /: cannot use the engine's address "tcp:\/\/me:…@far:1": /,
  },
});
