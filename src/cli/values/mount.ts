/**
 * Mounts in full: `type=bind,src=/here,dst=/there,readonly`.
 *
 * @module
 */
import { parseBoolean, parseFields } from "./csv.ts";
import { parsePair } from "./key_value.ts";
import { parseSize } from "./size.ts";
import { cut, quote, ValueError } from "./value_error.ts";
import { absolute } from "./volume.ts";

/** A mount as the engine takes it. */
export interface Mount {
  Type: string;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: BindOptions;
  VolumeOptions?: VolumeOptions;
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
  ImageOptions?: { Subpath?: string };
}

interface BindOptions {
  Propagation?: string;
  NonRecursive?: boolean;
  ReadOnlyNonRecursive?: boolean;
  ReadOnlyForceRecursive?: boolean;
}

interface VolumeOptions {
  NoCopy?: boolean;
  Labels: Record<string, string>;
  Subpath?: string;
  DriverConfig: { Name?: string; Options?: Record<string, string> };
}

type Set = (mount: Mount, value: string, key: string, cwd: () => string) => void;

const bind = (mount: Mount) => mount.BindOptions ??= {};
const volume = (mount: Mount) => mount.VolumeOptions ??= { Labels: {}, DriverConfig: {} };
const tmpfs = (mount: Mount) => mount.TmpfsOptions ??= {};

/** The fields by their names, as they are without their other names. */
const FIELDS: Readonly<Record<string, Set>> = {
  type: (mount, value) => mount.Type = value.toLowerCase(),
  source: (mount, value, _, cwd) => mount.Source = absoluteSource(value, cwd),
  target: (mount, value) => mount.Target = value,
  readonly: (mount, value, key) => mount.ReadOnly = flag(value, key),
  consistency: (mount, value) => mount.Consistency = value.toLowerCase(),
  "bind-propagation": (mount, value) => bind(mount).Propagation = value.toLowerCase(),
  "bind-nonrecursive": (mount, value, key) => bind(mount).NonRecursive = flag(value, key),
  "bind-recursive": (mount, value) => setRecursive(bind(mount), value),
  "volume-subpath": (mount, value) => volume(mount).Subpath = value,
  "volume-nocopy": (mount, value, key) => volume(mount).NoCopy = flag(value, key),
  "volume-label": (mount, value) => put(volume(mount).Labels, value),
  "volume-driver": (mount, value) => volume(mount).DriverConfig.Name = value,
  "volume-opt": (mount, value) => put(volume(mount).DriverConfig.Options ??= {}, value),
  "image-subpath": (mount, value) => (mount.ImageOptions ??= {}).Subpath = value,
  "tmpfs-size": (mount, value) => tmpfs(mount).SizeBytes = parseSize(value),
  "tmpfs-mode": (mount, value) => tmpfs(mount).Mode = mode(value),
};
const OTHER_NAMES: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
};
/** What may stand alone, and then means true. */
const ALONE = ["readonly", "volume-nocopy", "bind-nonrecursive"];

/** Reads what `--mount` takes; a source that begins with `./` is meant from `cwd`. */
export function parseMount(text: string, cwd: () => string): Mount {
  const mount: Mount = { Type: "volume" };
  for (const field of parseFields(text)) {
    const [given, value] = cut(field, "=");
    const key = given.toLowerCase();
    const name = OTHER_NAMES[key] ?? key;
    const known = Object.hasOwn(FIELDS, name);
    if (!known || (value === undefined && !ALONE.includes(name))) {
      throw new ValueError(
        known
          ? `the field ${quote(field)} has no value: expected ${key}=value`
          : `unknown field ${quote(field)}: expected type, source, target, readonly, …`,
      );
    }
    FIELDS[name](mount, value ?? "true", key, cwd);
  }
  check(mount);
  return mount;
}

function check(mount: Mount): void {
  const { Type: type, Source: source = "", Target: target = "", BindOptions: options } = mount;
  if (type === "") throw new ValueError("the type is empty: expected bind, volume, tmpfs or image");
  if (target === "") throw new ValueError("there is no target: expected target=/path");
  if (type === "bind" && !/^([/~]|[a-z]:|\\\\)/i.test(source)) {
    throw new ValueError("a bind mount needs source=/path, absolute or with ./ in front");
  }
  for (const [kind, group] of Object.entries(GROUPS)) {
    if (mount[group] !== undefined && type !== kind) {
      throw new ValueError(`${kind}-* fields do not go with type=${type}`);
    }
  }
  const force = options?.ReadOnlyForceRecursive;
  if ((force || options?.ReadOnlyNonRecursive) && !mount.ReadOnly) {
    throw new ValueError(`bind-recursive=${force ? "readonly" : "writable"} needs readonly`);
  }
  if (force && options?.Propagation !== "rprivate") {
    throw new ValueError("bind-recursive=readonly needs bind-propagation=rprivate");
  }
}

const GROUPS = {
  bind: "BindOptions",
  volume: "VolumeOptions",
  tmpfs: "TmpfsOptions",
  image: "ImageOptions",
} as const;

function absoluteSource(value: string, cwd: () => string): string {
  return /^\.\.?(\/|$)/.test(value) ? absolute(value, cwd) : value;
}

function setRecursive(options: BindOptions, value: string): void {
  if (value === "disabled") options.NonRecursive = true;
  else if (value === "writable") options.ReadOnlyNonRecursive = true;
  else if (value === "readonly") options.ReadOnlyForceRecursive = true;
  else if (value !== "enabled") {
    throw new ValueError("expected bind-recursive=enabled, disabled, writable or readonly");
  }
}

function flag(value: string, key: string): boolean {
  const flag = parseBoolean(value);
  if (flag === undefined) throw new ValueError(`expected ${key}=true or ${key}=false`);
  return flag;
}

function mode(value: string): number {
  if (!/^[0-7]{1,10}$/.test(value)) {
    throw new ValueError("expected tmpfs-mode in octal, as in 1770");
  }
  return parseInt(value, 8);
}

function put(map: Record<string, string>, text: string): void {
  const [name, value] = parsePair(text);
  if (name === "") return;
  // A name such as __proto__ is one like any other.
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}
