/**
 * The flags of `run` for files: volumes, mounts, the root filesystem.
 *
 * @module
 */
import {
  type CreateFlag,
  host,
  hostList,
  hostMap,
  hostSwitch,
  push,
  put,
} from "../create/draft.ts";
import { parseStorageOpt } from "../values/key_value.ts";
import { parseMount } from "../values/mount.ts";
import { parseTmpfs, parseVolume } from "../values/volume.ts";

/** The flags of `run` for files. */
export const STORAGE_FLAGS: readonly CreateFlag[] = [
  {
    name: "volume",
    short: "v",
    kind: "list",
    value: "list",
    help: "Bind mount a volume",
    completes: "volume",
    create: ({ config, host }, value, { cwd }) => {
      const volume = parseVolume(value, cwd);
      if ("anonymous" in volume) put(config, "Volumes", [volume.anonymous, {}]);
      else if (!(host.Binds as string[] | undefined)?.includes(volume.bind)) {
        push(host, "Binds", volume.bind);
      }
    },
  },
  {
    name: "mount",
    kind: "list",
    value: "mount",
    help: "Attach a filesystem mount to the container",
    create: hostList("Mounts", (value, { cwd }) => parseMount(value, cwd)),
  },
  {
    name: "tmpfs",
    kind: "list",
    value: "list",
    help: "Mount a tmpfs directory",
    create: hostMap("Tmpfs", parseTmpfs),
  },
  {
    name: "volumes-from",
    kind: "list",
    value: "list",
    help: "Mount volumes from the specified container(s)",
    completes: "container",
    create: hostList("VolumesFrom"),
  },
  {
    name: "volume-driver",
    kind: "string",
    value: "string",
    help: "Optional volume driver for the container",
    create: host("VolumeDriver"),
  },
  {
    name: "read-only",
    kind: "boolean",
    help: "Mount the container's root filesystem as read only",
    create: hostSwitch("ReadonlyRootfs"),
  },
  {
    name: "storage-opt",
    kind: "list",
    value: "list",
    help: "Storage driver options for the container",
    create: hostMap("StorageOpt", parseStorageOpt),
  },
];
