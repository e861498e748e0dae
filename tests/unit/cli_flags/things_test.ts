import { assertEquals } from "@std/assert";
import { normalizeCapabilities } from "../../../src/cli/values/capability.ts";
import {
  isCdiName,
  parseByteRate,
  parseCgroupRule,
  parseDevice,
  parseOperationRate,
  parseWeight,
} from "../../../src/cli/values/device.ts";
import { parseGpus } from "../../../src/cli/values/gpus.ts";
import { oneOf, parsePidMode, parseStream } from "../../../src/cli/values/mode.ts";
import { checkContainer, checkImage, checkNewName } from "../../../src/cli/values/names.ts";
import { parsePlatform } from "../../../src/cli/values/platform.ts";
import { parseRestart } from "../../../src/cli/values/restart.ts";
import { parseSecurityOpt } from "../../../src/cli/values/security_opt.ts";
import { parseUlimit } from "../../../src/cli/values/ulimit.ts";
import { table } from "./table.ts";

const device = (PathOnHost: string, PathInContainer: string, CgroupPermissions = "rwm") => ({
  PathOnHost,
  PathInContainer,
  CgroupPermissions,
});

table("devices", parseDevice, [
  ["/dev/a", device("/dev/a", "/dev/a")],
  ["/dev/a:/dev/b", device("/dev/a", "/dev/b")],
  ["/dev/a:rw", device("/dev/a", "/dev/a", "rw")],
  ["/dev/a:/dev/b:m", device("/dev/a", "/dev/b", "m")],
  ["/dev/x/../y", device("/dev/y", "/dev/y")],
], ["", "foo", ":/dev/a", "/dev/a:/b:z", "/dev/a:b", "/dev/a:rr", "/dev/a:/b:r:x"]);

Deno.test("devices by their names in the Container Device Interface", () => {
  for (const name of ["vendor.com/class=dev", "nvidia.com/gpu=0", "a.b/c=all"]) {
    assertEquals(isCdiName(name), true, name);
  }
  for (const name of ["/dev/a", "vendor.com/class", "vendor.com=a", "a/b="]) {
    assertEquals(isCdiName(name), false, name);
  }
});

table("rates in bytes", parseByteRate, [["/dev/a:1mb", { Path: "/dev/a", Rate: 1048576 }]], [
  "",
  "foo",
  "/dev/a",
  "/x:1",
  "/dev/a:x",
  "/dev/a:-1",
]);
table("rates in operations", parseOperationRate, [["/dev/a:7", { Path: "/dev/a", Rate: 7 }]], [
  "/dev/a:1mb",
  "/dev/a:-1",
  "a:1",
]);
table("weights", parseWeight, [
  ["/dev/a:10", { Path: "/dev/a", Weight: 10 }],
  ["/dev/a:0", { Path: "/dev/a", Weight: 0 }],
], ["/dev/a:9", "/dev/a:1001", "/dev/a:x", "/a:100"]);
table("cgroup rules", parseCgroupRule, [["c *:* rwm", "c *:* rwm"], ["a 1:3 r", "a 1:3 r"]], [
  "",
  "c 1:3",
  "x 1:3 r",
  "c 1 r",
  "c 1:3 x",
]);

const gpu = [["gpu"]];
table("GPUs", parseGpus, [
  ["all", { Count: -1, Capabilities: gpu }],
  ["2", { Count: 2, Capabilities: gpu }],
  ["count=all", { Count: -1, Capabilities: gpu }],
  ["device=1", { DeviceIDs: ["1"], Capabilities: gpu }],
  ['"device=0,1"', { DeviceIDs: ["0", "1"], Capabilities: gpu }],
  ["driver=nv,capabilities=utility", {
    Driver: "nv",
    Count: 1,
    Capabilities: [["utility", "gpu"]],
  }],
  ["1,options=a=b", { Count: 1, Capabilities: gpu, Options: { a: "b" } }],
], ["", "foo", "1.5", "count=1,count=2", "1,2", "foo=1"]);

table("limits", parseUlimit, [
  ["nofile=1024", { Name: "nofile", Soft: 1024, Hard: 1024 }],
  ["nofile=1:2", { Name: "nofile", Soft: 1, Hard: 2 }],
  ["core=-1", { Name: "core", Soft: -1, Hard: -1 }],
  ["core=5:-1", { Name: "core", Soft: 5, Hard: -1 }],
], ["", "nofile", "nofile=", "nofile=x", "nofile=1:2:3", "nofile=2:1", "nofile=-1:5", "foo=1"]);

table("restart policies", parseRestart, [
  ["no", { Name: "no", MaximumRetryCount: 0 }],
  ["", { Name: "", MaximumRetryCount: 0 }],
  ["always", { Name: "always", MaximumRetryCount: 0 }],
  ["on-failure:3", { Name: "on-failure", MaximumRetryCount: 3 }],
], ["foo", ":3", "always:3", "on-failure:x", "on-failure:-1"]);

const read = () => new TextEncoder().encode('{ "a" : 1 }');
table("security options", (text) => parseSecurityOpt(text, read), [
  ["label:disable", "label:disable"],
  ["apparmor=x", "apparmor=x"],
  ["no-new-privileges", "no-new-privileges"],
  ["no-new-privileges:true", "no-new-privileges:true"],
  ["seccomp=unconfined", "seccomp=unconfined"],
  ["seccomp=file.json", 'seccomp={"a":1}'],
  ["seccomp:file.json", 'seccomp={"a":1}'],
], ["", "foo", "label:", "apparmor="]);
table("seccomp profiles", (text) => parseSecurityOpt(text, () => new Uint8Array([123])), [], [
  "seccomp=not_json",
]);

const machine = { os: "linux", arch: "x86_64" };
table("platforms", (text) => parsePlatform(text, machine), [
  ["linux", "linux/amd64"],
  ["arm64", "linux/arm64"],
  ["Linux/AMD64", "linux/amd64"],
  ["linux/x86_64", "linux/amd64"],
  ["linux/aarch64", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64/v8"],
  ["linux/arm", "linux/arm"],
  ["linux/arm/7", "linux/arm/v7"],
  ["linux/arm/v6", "linux/arm/v6"],
  ["linux/armhf", "linux/arm"],
  ["linux/armel", "linux/arm/v6"],
  ["linux/i386", "linux/386"],
  ["windows/amd64", "windows/amd64"],
], ["", "foo", "a/b/c/d", "linux/", "linux//v7", "li nux/amd64"]);

const same = (texts: string[]) => texts.map((text) => [text, text] as const);

table(
  "images",
  checkImage,
  same([
    "busybox",
    "busybox:latest",
    "library/busybox:1.36_x-y",
    "localhost/a",
    "localhost:5000/a/b:c",
    "Host.Example.com/a",
    "[::1]:5000/a",
    "a__b/c--d.e",
    `busybox@sha256:${"a".repeat(64)}`,
    `busybox:1@sha256:${"0".repeat(64)}`,
    `sha256:${"f".repeat(64)}`,
    "0123456789ab",
  ]),
  [
    "",
    "BUSYBOX",
    "busybox:",
    ":tag",
    "a b",
    "../a",
    "a/../b",
    "a//b",
    "/a",
    "a/",
    "busybox@sha256:abc",
    "a\n",
    "a\x1b[2J",
    "-a",
    "a:b:c",
    "a?x=1",
    "a#x",
  ],
);
table(
  "containers",
  checkContainer,
  same(["web", "/web", "w", "web/db", "0123456789ab", "a_b.c-d"]),
  [
    "",
    "/",
    "..",
    "../x",
    "a/../b",
    "a/",
    "a//b",
    "-a",
    ".a",
    "a b",
    "a\n",
    "a\x1b",
    "ä",
    "a?b",
    "a%2f",
  ],
);
table("new names", checkNewName, same(["web", "/web", "a_b.c-d", "0x", ""]), [
  "w",
  "a/b",
  "../x",
  "-a",
  "_a",
  "a b",
  "a\x07",
]);

table("streams", parseStream, [["STDIN", "stdin"], ["stderr", "stderr"]], ["", "foo", "std"]);
table("modes of ids", parsePidMode, same(["", "host", "container:x"]), ["container:", "foo"]);
table("choices", oneOf("a", "b", "c"), same(["", "a", "c"]), ["d", "A"]);

Deno.test("capabilities: one spelling, each once, in order", () => {
  const given = ["net_admin", "ALL", "CAP_SYS_ADMIN", "NET_ADMIN", " all "];
  assertEquals(normalizeCapabilities(given), ["ALL", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"]);
});
