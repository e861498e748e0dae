import { assertEquals } from "@std/assert";
import { parseMount } from "../../../src/cli/values/mount.ts";
import { absolute, cleanPath, parseTmpfs, parseVolume } from "../../../src/cli/values/volume.ts";
import { table } from "./table.ts";

const cwd = () => "/home/me";

table("volumes", (text) => parseVolume(text, cwd), [
  ["name:/x", { bind: "name:/x" }],
  ["name:/x:ro,z", { bind: "name:/x:ro,z" }],
  ["/a:/b", { bind: "/a:/b" }],
  ["./a:/b", { bind: "/home/me/a:/b" }],
  [".:/b", { bind: "/home/me:/b" }],
  ["../a/./c:/b:ro", { bind: "/home/a/c:/b:ro" }],
  [".hidden:/b", { bind: "/home/me/.hidden:/b" }],
  ["~/a:/b", { bind: "~/a:/b" }],
  ["rel/a:/b", { bind: "rel/a:/b" }],
  ["/anonymous", { anonymous: "/anonymous" }],
  ["x", { anonymous: "x" }],
  ["c:\\a:/b", { bind: "c:\\a:/b" }],
  ["name:c:\\b:ro", { bind: "name:c:\\b:ro" }],
], ["", ":", "::", ":::", ":/b", "name:", "name::ro", "name:/b:", "/a:/b:ro:x"]);

table("tmpfs", parseTmpfs, [
  ["/run", ["/run", ""]],
  ["/run:rw,size=64m", ["/run", "rw,size=64m"]],
  ["/run:", ["/run", ""]],
], ["", "run", ":rw", "x:y"]);

Deno.test("paths: what begins with a dot is meant from here, and is cleaned", () => {
  assertEquals(absolute("/a/../b", cwd), "/a/../b");
  assertEquals(absolute("..", cwd), "/home");
  assertEquals(cleanPath("/../../a//b/./"), "/a/b");
  assertEquals(cleanPath("/"), "/");
});

const volume = { Labels: {}, DriverConfig: {} };

table("mounts", (text) => parseMount(text, cwd), [
  ["dst=/a", { Type: "volume", Target: "/a" }],
  ["type=bind,src=/a,dst=/b", { Type: "bind", Source: "/a", Target: "/b" }],
  ["TYPE=BIND,Source=/a,destination=/b", { Type: "bind", Source: "/a", Target: "/b" }],
  ["type=bind,src=./a,dst=/b", { Type: "bind", Source: "/home/me/a", Target: "/b" }],
  ["type=bind,src=.,dst=/b", { Type: "bind", Source: "/home/me", Target: "/b" }],
  ["type=bind,src=../a,dst=/b", { Type: "bind", Source: "/home/a", Target: "/b" }],
  ["dst=/a,ro", { Type: "volume", Target: "/a", ReadOnly: true }],
  ["dst=/a,readonly=false", { Type: "volume", Target: "/a", ReadOnly: false }],
  ["dst=/a,volume-nocopy", {
    Type: "volume",
    Target: "/a",
    VolumeOptions: { ...volume, NoCopy: true },
  }],
  ['dst=/a,"volume-opt=o=b,c",volume-label=x', {
    Type: "volume",
    Target: "/a",
    VolumeOptions: { Labels: { x: "" }, DriverConfig: { Options: { o: "b,c" } } },
  }],
  ["type=tmpfs,dst=/a,tmpfs-size=1k,tmpfs-mode=0700", {
    Type: "tmpfs",
    Target: "/a",
    TmpfsOptions: { SizeBytes: 1024, Mode: 0o700 },
  }],
  ["type=image,src=i,dst=/a,image-subpath=s", {
    Type: "image",
    Source: "i",
    Target: "/a",
    ImageOptions: { Subpath: "s" },
  }],
  ["type=bind,src=/a,dst=/b,bind-recursive=writable,ro", {
    Type: "bind",
    Source: "/a",
    Target: "/b",
    ReadOnly: true,
    BindOptions: { ReadOnlyNonRecursive: true },
  }],
], [
  "",
  "foo",
  "dst",
  "src=/a",
  "type=,dst=/a",
  "dst=/a,foo=bar",
  "dst=/a,constructor=x",
  "dst=/a,ro=maybe",
  "type=bind,dst=/a",
  "type=bind,src=a,dst=/a",
  "type=bind,src=/a,dst=/a,volume-nocopy",
  "dst=/a,bind-propagation=shared",
  "dst=/a,tmpfs-size=1k",
  "type=tmpfs,dst=/a,tmpfs-size=1x",
  "type=tmpfs,dst=/a,tmpfs-mode=8",
  "type=bind,src=/a,dst=/b,bind-recursive=writable",
  "type=bind,src=/a,dst=/b,bind-recursive=readonly,ro",
  "type=bind,src=/a,dst=/b,bind-recursive=perhaps",
  'dst="/a',
  'dst=a"b',
  '"dst=/a"x',
]);
