/**
 * The body of a create request while flags are put into it.
 *
 * @module
 */
import type { Flag } from "../flags.ts";
import type { Local } from "../local.ts";
import type { NetworkAttachment } from "../values/network.ts";

/** A part of the body. */
export type Fields = Record<string, unknown>;

/** The body of a create request, half done. */
export interface Draft {
  /** The container's part. */
  readonly config: Fields;
  /** The host's part. */
  readonly host: Fields;
  /** The check of its health, if anything of it was given. */
  readonly health: Fields;
  /** The networks to join, in order. */
  readonly networks: NetworkAttachment[];
  /** What the flags that name no network say of the first one. */
  readonly endpoint: Partial<NetworkAttachment>;
  /** Devices by their names in the Container Device Interface. */
  readonly cdiDevices: string[];
  /** The environment of files, which goes before that of flags. */
  readonly envOfFiles: string[];
  /** The labels of files, likewise. */
  readonly labelsOfFiles: [name: string, value: string][];
}

/** A flag of `run`, with the place of its value in the body. */
export interface CreateFlag extends Flag {
  /** Puts a value into the body; a boolean flag's is `true` or `false`. Left out where it has none. */
  readonly create?: (draft: Draft, value: string, local: Local) => void;
  /** The version of the engine's API that knows it; an older engine would pass it over. */
  readonly since?: string;
}

type Create = NonNullable<CreateFlag["create"]>;
type Read<T> = (value: string, local: Local) => T;

const asIs = (value: string): unknown => value;
const asBoolean = (value: string): boolean => value === "true";

/** Sets a field of the container's part. */
export function config(field: string, read: Read<unknown> = asIs): Create {
  return (draft, value, local) => draft.config[field] = read(value, local);
}

/** Sets a field of the host's part. */
export function host(field: string, read: Read<unknown> = asIs): Create {
  return (draft, value, local) => draft.host[field] = read(value, local);
}

/** Sets a yes or no of the host's part. */
export function hostSwitch(field: string): Create {
  return host(field, asBoolean);
}

/** Adds to a list of the host's part. */
export function hostList(field: string, read: Read<unknown> = asIs): Create {
  return (draft, value, local) => push(draft.host, field, read(value, local));
}

/** Adds a pair to an object in `fields`. */
export function put(
  fields: Fields,
  field: string,
  [name, value]: readonly [string, unknown],
): void {
  fields[field] = { ...fields[field] as Fields | undefined, [name]: value };
}

/** Adds pairs to an object of the host's part. */
export function hostMap(field: string, read: Read<readonly [string, string]>): Create {
  return (draft, value, local) => put(draft.host, field, read(value, local));
}

/** Adds to a list in `fields`. */
export function push(fields: Fields, field: string, value: unknown): void {
  fields[field] = [...fields[field] as unknown[] | undefined ?? [], value];
}
