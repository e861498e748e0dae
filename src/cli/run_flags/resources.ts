/**
 * The flags of `run` for memory, processors and devices' rates.
 *
 * @module
 */
import { type CreateFlag, host, hostList, hostSwitch } from "../create/draft.ts";
import { parseByteRate, parseOperationRate, parseWeight } from "../values/device.ts";
import { integer, parseCpus } from "../values/number.ts";
import { parseSize, parseSizeOrUnlimited } from "../values/size.ts";
import { parseUlimit, type Ulimit } from "../values/ulimit.ts";

/** The flags of `run` for what the container may use up. */
export const RESOURCE_FLAGS: readonly CreateFlag[] = [
  {
    name: "memory",
    short: "m",
    kind: "string",
    value: "bytes",
    help: "Memory limit",
    create: host("Memory", parseSize),
  },
  {
    name: "memory-reservation",
    kind: "string",
    value: "bytes",
    help: "Memory soft limit",
    create: host("MemoryReservation", parseSize),
  },
  {
    name: "memory-swap",
    kind: "string",
    value: "bytes",
    help: "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
    create: host("MemorySwap", parseSizeOrUnlimited),
  },
  {
    name: "memory-swappiness",
    kind: "string",
    value: "int",
    help: "Tune container memory swappiness (0 to 100) (default -1)",
    create: host("MemorySwappiness", integer(-1, 100)),
  },
  {
    name: "kernel-memory",
    kind: "string",
    value: "bytes",
    help: "Kernel memory limit (no longer supported by the kernel)",
    hidden: true,
    create: (_, value) => void parseSize(value),
  },
  {
    name: "shm-size",
    kind: "string",
    value: "bytes",
    help: "Size of /dev/shm",
    create: host("ShmSize", parseSize),
  },
  {
    name: "oom-kill-disable",
    kind: "boolean",
    help: "Disable OOM Killer",
    create: hostSwitch("OomKillDisable"),
  },
  {
    name: "oom-score-adj",
    kind: "string",
    value: "int",
    help: "Tune the host's OOM preferences (-1000 to 1000)",
    create: host("OomScoreAdj", integer(-1000, 1000)),
  },
  {
    name: "pids-limit",
    kind: "string",
    value: "int",
    help: "Tune container pids limit (set -1 for unlimited)",
    create: host("PidsLimit", integer(-1)),
  },
  {
    name: "cpus",
    kind: "string",
    value: "decimal",
    help: "Number of CPUs",
    create: host("NanoCpus", parseCpus),
  },
  {
    name: "cpu-shares",
    short: "c",
    kind: "string",
    value: "int",
    help: "CPU shares (relative weight)",
    create: host("CpuShares", integer()),
  },
  {
    name: "cpu-period",
    kind: "string",
    value: "int",
    help: "Limit CPU CFS (Completely Fair Scheduler) period",
    create: host("CpuPeriod", integer()),
  },
  {
    name: "cpu-quota",
    kind: "string",
    value: "int",
    help: "Limit CPU CFS (Completely Fair Scheduler) quota",
    create: host("CpuQuota", integer()),
  },
  {
    name: "cpu-rt-period",
    kind: "string",
    value: "int",
    help: "Limit CPU real-time period in microseconds",
    create: host("CpuRealtimePeriod", integer()),
  },
  {
    name: "cpu-rt-runtime",
    kind: "string",
    value: "int",
    help: "Limit CPU real-time runtime in microseconds",
    create: host("CpuRealtimeRuntime", integer()),
  },
  {
    name: "cpuset-cpus",
    kind: "string",
    value: "string",
    help: "CPUs in which to allow execution (0-3, 0,1)",
    create: host("CpusetCpus"),
  },
  {
    name: "cpuset-mems",
    kind: "string",
    value: "string",
    help: "MEMs in which to allow execution (0-3, 0,1)",
    create: host("CpusetMems"),
  },
  {
    name: "cgroup-parent",
    kind: "string",
    value: "string",
    help: "Optional parent cgroup for the container",
    create: host("CgroupParent"),
  },
  {
    name: "blkio-weight",
    kind: "string",
    value: "uint16",
    help: "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)",
    create: host("BlkioWeight", integer(0, 65535)),
  },
  {
    name: "blkio-weight-device",
    kind: "list",
    value: "list",
    help: "Block IO weight (relative device weight)",
    create: hostList("BlkioWeightDevice", parseWeight),
  },
  {
    name: "device-read-bps",
    kind: "list",
    value: "list",
    help: "Limit read rate (bytes per second) from a device",
    create: hostList("BlkioDeviceReadBps", parseByteRate),
  },
  {
    name: "device-read-iops",
    kind: "list",
    value: "list",
    help: "Limit read rate (IO per second) from a device",
    create: hostList("BlkioDeviceReadIOps", parseOperationRate),
  },
  {
    name: "device-write-bps",
    kind: "list",
    value: "list",
    help: "Limit write rate (bytes per second) to a device",
    create: hostList("BlkioDeviceWriteBps", parseByteRate),
  },
  {
    name: "device-write-iops",
    kind: "list",
    value: "list",
    help: "Limit write rate (IO per second) to a device",
    create: hostList("BlkioDeviceWriteIOps", parseOperationRate),
  },
  {
    name: "ulimit",
    kind: "list",
    value: "ulimit",
    help: "Ulimit options",
    create: ({ host }, value) => {
      const limit = parseUlimit(value);
      const others = (host.Ulimits as Ulimit[] | undefined ?? [])
        .filter(({ Name }) => Name !== limit.Name);
      host.Ulimits = [...others, limit].sort((a, b) => a.Name < b.Name ? -1 : 1);
    },
  },
];
