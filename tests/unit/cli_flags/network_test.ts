import {
  parseDnsSearch,
  parseExtraHost,
  parseIp,
  parseLink,
  parseMac,
} from "../../../src/cli/values/address.ts";
import { isUserDefined, parseNetwork } from "../../../src/cli/values/network.ts";
import { parseExpose, parsePublish } from "../../../src/cli/values/port.ts";
import { assertEquals } from "@std/assert";
import { table } from "./table.ts";

const bound = (port: string, HostPort = "", HostIp = "") => ({
  port,
  binding: { HostIp, HostPort },
});

table("published ports", parsePublish, [
  ["80", [bound("80/tcp")]],
  ["80/udp", [bound("80/udp")]],
  ["80/TCP", [bound("80/tcp")]],
  ["8080:80", [bound("80/tcp", "8080")]],
  [":80", [bound("80/tcp")]],
  ["127.0.0.1:8080:80", [bound("80/tcp", "8080", "127.0.0.1")]],
  ["127.0.0.1::80", [bound("80/tcp", "", "127.0.0.1")]],
  ["[::1]:8080:80/sctp", [bound("80/sctp", "8080", "::1")]],
  ["2001:db8::1:8080:80", [bound("80/tcp", "8080", "2001:db8::1")]],
  ["80-81", [bound("80/tcp"), bound("81/tcp")]],
  ["8080-8081:80-81/udp", [bound("80/udp", "8080"), bound("81/udp", "8081")]],
  ["8000-8009:80", [bound("80/tcp", "8000-8009")]],
  ["0:80", [bound("80/tcp", "0")]],
  ["published=1,target=2", [bound("2/tcp", "1")]],
  ["target=2,protocol=udp", [bound("2/udp")]],
], [
  "",
  "/tcp",
  "abc",
  "80/",
  "80/http",
  "65536",
  "99999:80",
  "81-80",
  "80-82:90-93",
  "1.2.3:80:80",
  "300.1.1.1:80:80",
  "80:80:80:80",
  "-1:80",
  "80 ",
  "published=1",
  "=1",
  "target=2,x",
]);

table("exposed ports", parseExpose, [
  ["80", ["80/tcp"]],
  ["80-82/udp", ["80/udp", "81/udp", "82/udp"]],
], ["", "foo", "80-70", "80/x", "/tcp", "70000", "1:2"]);

table("addresses", parseIp, [
  ["8.8.8.8", "8.8.8.8"],
  [" 8.8.8.8 ", "8.8.8.8"],
  ["::1", "::1"],
  ["2001:DB8::0001", "2001:db8::1"],
], [
  "",
  "foo",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "256.1.1.1",
  "[::1]",
  ":::",
  "1.2.3.4x",
  "fe80::1%eth0",
]);

table("hosts", parseExtraHost, [
  ["a:1.2.3.4", "a:1.2.3.4"],
  ["a=1.2.3.4", "a:1.2.3.4"],
  ["a:::1", "a:::1"],
  ["a=[::1]", "a:::1"],
  ["a:host-gateway", "a:host-gateway"],
], ["", "a", "a:", ":1.2.3.4", "=1.2.3.4", "a:1.2.3", "a:b=1.2.3.4"]);

table("MAC addresses", parseMac, [
  ["92:d0:c6:0a:29:33", "92:d0:c6:0a:29:33"],
  ["92-D0-c6-0a-29-33", "92-D0-c6-0a-29-33"],
  ["92d0.c60a.2933", "92d0.c60a.2933"],
], ["", "foo", "92:d0", "92:d0:c6:0a:29", "92:d0-c6:0a:29:33", "92:d0:c6:0a:29:3g"]);

table("domains", parseDnsSearch, [
  [".", "."],
  ["example.com", "example.com"],
  [" a ", "a"],
], ["", "_foo", "1.2.3", "a..b", "-a"]);

table("links", parseLink, [["a", "a"], ["a:b", "a:b"]], ["", ":", "a:b:c"]);

const plain = {
  target: "mine",
  aliases: [] as string[],
  links: [],
  linkLocalIps: [] as string[],
  driverOptions: {},
};

table("networks", parseNetwork, [
  ["mine", plain],
  ["name=mine", plain],
  ["name=mine,alias=a,alias=b,ip=1.2.3.4", { ...plain, aliases: ["a", "b"], ip: "1.2.3.4" }],
  ["name=mine,ip6=::7,mac-address=92:d0:c6:0a:29:33,gw-priority=-1", {
    ...plain,
    ip6: "::7",
    mac: "92:d0:c6:0a:29:33",
    priority: -1,
  }],
  ["name=mine,driver-opt=k=v,link-local-ip=169.254.1.1", {
    ...plain,
    driverOptions: { k: "v" },
    linkLocalIps: ["169.254.1.1"],
  }],
], [
  "",
  " ",
  "alias=a",
  "name=mine,foo=bar",
  "name=mine,constructor=x",
  "name=mine,__proto__=x",
  "name=mine,alias",
  "name=mine,ip=1.2.3",
  "name=mine,driver-opt=k",
  "name=mine,gw-priority=x",
]);

Deno.test("the engine's own networks, and those that users made", () => {
  for (const own of ["default", "bridge", "host", "none", "container:x"]) {
    assertEquals(isUserDefined(own), false, own);
  }
  for (const made of ["mine", "hosts", "container", "0123456789ab"]) {
    assertEquals(isUserDefined(made), true, made);
  }
});
