/**
 * The flags of `run` for what the container may do.
 *
 * @module
 */
import { type CreateFlag, host, hostList, hostSwitch, push } from "../create/draft.ts";
import { isCdiName, parseCgroupRule, parseDevice } from "../values/device.ts";
import { parseGpus } from "../values/gpus.ts";
import { oneOf, parsePidMode } from "../values/mode.ts";
import { parseSecurityOpt } from "../values/security_opt.ts";

/** The flags of `run` for what the container may do. */
export const SECURITY_FLAGS: readonly CreateFlag[] = [
  {
    name: "cap-add",
    kind: "list",
    value: "list",
    help: "Add Linux capabilities",
    create: hostList("CapAdd"),
  },
  {
    name: "cap-drop",
    kind: "list",
    value: "list",
    help: "Drop Linux capabilities",
    create: hostList("CapDrop"),
  },
  {
    name: "privileged",
    kind: "boolean",
    help: "Give extended privileges to this container",
    create: hostSwitch("Privileged"),
  },
  {
    name: "security-opt",
    kind: "list",
    value: "list",
    help: "Security options; seccomp=FILE reads a profile in",
    create: hostList("SecurityOpt", (value, { read }) => parseSecurityOpt(value, read)),
  },
  {
    name: "userns",
    kind: "string",
    value: "string",
    help: "User namespace to use",
    choices: ["host"],
    create: host("UsernsMode", oneOf("host")),
  },
  {
    name: "cgroupns",
    kind: "string",
    value: "string",
    help: "Cgroup namespace to use (host|private)",
    choices: ["host", "private"],
    create: host("CgroupnsMode", oneOf("host", "private")),
  },
  {
    name: "pid",
    kind: "string",
    value: "string",
    help: "PID namespace to use",
    create: host("PidMode", parsePidMode),
  },
  {
    name: "device",
    kind: "list",
    value: "list",
    help: "Add a host device to the container",
    completes: "file",
    create: ({ host, cdiDevices }, value) => {
      if (isCdiName(value)) cdiDevices.push(value);
      else push(host, "Devices", parseDevice(value));
    },
  },
  {
    name: "device-cgroup-rule",
    kind: "list",
    value: "list",
    help: "Add a rule to the cgroup allowed devices list",
    create: hostList("DeviceCgroupRules", parseCgroupRule),
  },
  {
    name: "gpus",
    kind: "list",
    value: "gpu-request",
    help: "GPU devices to add to the container ('all' to pass all GPUs)",
    create: hostList("DeviceRequests", parseGpus),
  },
];
