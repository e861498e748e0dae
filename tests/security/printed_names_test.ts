/** Names that the engine lists, in hints and as completions: none moves the cursor. */
import { json } from "../fakes/engine.ts";
import { EVIL, testPrinted } from "./printed.ts";

testPrinted({
  "containers' names, in did-you-mean": {
    engine: (engine) => {
      const names = [`/bo${EVIL}`, "/bo\x1b", "/bow", `/b\u202eo`];
      const message = "No such container: bo";
      engine.on("POST /containers/bo/start", () => json(404, { message }));
      engine.on("GET /containers/json", () => json(200, names.map((name) => ({ Names: [name] }))));
    },
    args: ["start", "bo"],
    shows: /no container named bo: did you mean bow\?/,
  },
  "containers' names, where none is like it": {
    engine: (engine) => {
      const message = "No such container: quite-another";
      engine.on("POST /containers/quite-another/start", () => json(404, { message }));
      engine.on("GET /containers/json", () => json(200, [{ Names: [`/${EVIL}`] }]));
    },
    args: ["start", "quite-another"],
    shows: /there are: none/,
  },
  "containers' names, as completions": {
    engine: (engine) => {
      const names = [`/${EVIL}`, "/$(reboot)", "/a b", "/web"].map((name) => ({ Names: [name] }));
      engine.on("GET /containers/json", () => json(200, names));
    },
    args: ["__complete", "containers"],
    shows: null,
    code: 0,
  },
  "images' names, as completions": {
    engine: (engine) => {
      engine.on("GET /images/json", () => json(200, [{ RepoTags: [EVIL, "`x`:1", "a:1"] }]));
    },
    args: ["__complete", "images"],
    shows: null,
    code: 0,
  },
  "volumes' names, as completions": {
    engine: (engine) => {
      const Volumes = [{ Name: EVIL }, { Name: "$(reboot)" }, { Name: "a b" }, { Name: "v" }];
      engine.on("GET /volumes", () => json(200, { Volumes, Warnings: [EVIL] }));
    },
    args: ["__complete", "volumes"],
    shows: null,
    code: 0,
  },
  "networks' names, as completions": {
    engine: (engine) => {
      engine.on("GET /networks", () => json(200, [{ Name: EVIL }, { Name: ";x" }, { Name: "n" }]));
    },
    args: ["__complete", "networks"],
    shows: null,
    code: 0,
  },
});
