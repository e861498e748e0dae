/**
 * Devices, and limits on them.
 *
 * @module
 */
import { parseSize } from "./size.ts";
import { ValueError } from "./value_error.ts";
import { cleanPath } from "./volume.ts";

/** A device of the host's that the container gets. */
export interface DeviceMapping {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

const CDI = /^[a-z][\w.-]*[a-z\d]\/[a-z](?:[\w-]*[a-z\d])?=[a-z\d](?:[\w.:-]*[a-z\d])?$/i;

/** Whether a name is one of the Container Device Interface: `vendor.com/class=name`. */
export function isCdiName(text: string): boolean {
  return CDI.test(text);
}

/** Reads a device: `path[:path inside][:permissions]`. */
export function parseDevice(text: string): DeviceMapping {
  const parts = text.split(":");
  const permissions = parts.length > 1 && isPermissions(parts.at(-1)!) ? parts.pop()! : undefined;
  const [outside, inside = outside] = parts;
  const bad = parts.length > 2 || outside === "" || !inside.startsWith("/") ||
    (text.split(":").length === 3 && permissions === undefined);
  if (bad) {
    throw new ValueError(
      "expected path[:path in the container][:rwm], as in /dev/fuse or /dev/a:r",
    );
  }
  const cleaned = parts.length === 2 && permissions !== undefined ? inside : cleanPath(inside);
  return {
    PathOnHost: parts.length === 1 ? cleaned : outside,
    PathInContainer: cleaned,
    CgroupPermissions: permissions ?? "rwm",
  };
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

/** Reads a rule for a cgroup's devices: `c 1:3 rwm`. */
export function parseCgroupRule(text: string): string {
  if (!/^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/.test(text)) {
    throw new ValueError("expected a rule such as 'c 1:3 rwm'");
  }
  return text;
}

/** Reads a rate in bytes: `/dev/sda:1mb`. */
export function parseByteRate(text: string): { Path: string; Rate: number } {
  const [path, rate] = parsePathAnd(text, "/dev/sda:1mb");
  return { Path: path, Rate: parseSize(rate) };
}

/** Reads a rate in operations: `/dev/sda:1000`. */
export function parseOperationRate(text: string): { Path: string; Rate: number } {
  const [path, rate] = parsePathAnd(text, "/dev/sda:1000");
  if (!/^\d{1,15}$/.test(rate)) {
    throw new ValueError("expected path:number, as in /dev/sda:1000");
  }
  return { Path: path, Rate: Number(rate) };
}

/** Reads a relative weight: `/dev/sda:500`. */
export function parseWeight(text: string): { Path: string; Weight: number } {
  const [path, weight] = parsePathAnd(text, "/dev/sda:500");
  const number = Number(weight);
  if (!/^\d{1,4}$/.test(weight) || number > 0 && number < 10 || number > 1000) {
    throw new ValueError("expected path:weight, with a weight from 10 to 1000, or 0");
  }
  return { Path: path, Weight: number };
}

function parsePathAnd(text: string, example: string): [path: string, number: string] {
  const [, path, number] = /^(\/dev\/[^:]*):([^:]+)$/.exec(text) ?? [];
  if (path === undefined) throw new ValueError(`expected a device and a number, as in ${example}`);
  return [path, number];
}
