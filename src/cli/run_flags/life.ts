/**
 * The flags of `run` for the container's life: restarts, logs, the check of its health.
 *
 * @module
 */
import { type CreateFlag, type Draft, host, hostSwitch, put } from "../create/draft.ts";
import { parseDuration } from "../values/duration.ts";
import { parsePair } from "../values/key_value.ts";
import { integer } from "../values/number.ts";
import { parseRestart } from "../values/restart.ts";

/** Sets a field of the health check; what is nothing is not set. */
function health(field: string, read: (value: string) => unknown) {
  return ({ health }: Draft, value: string): void => {
    const checked = read(value);
    if (checked) health[field] = checked;
    else delete health[field];
  };
}

/** The flags of `run` for the container's life. */
export const LIFE_FLAGS: readonly CreateFlag[] = [
  {
    name: "rm",
    kind: "boolean",
    help: "Automatically remove the container and its anonymous volumes when it exits",
    create: hostSwitch("AutoRemove"),
  },
  {
    name: "restart",
    kind: "string",
    value: "string",
    help: "Restart policy to apply when a container exits (default no)",
    choices: ["no", "always", "unless-stopped", "on-failure"],
    create: host("RestartPolicy", parseRestart),
  },
  {
    name: "log-driver",
    kind: "string",
    value: "string",
    help: "Logging driver for the container",
    create: ({ host }, value) => put(host, "LogConfig", ["Type", value]),
  },
  {
    name: "log-opt",
    kind: "list",
    value: "list",
    help: "Log driver options",
    create: ({ host }, value) => {
      const { Config = {} } = (host.LogConfig ?? {}) as { Config?: Record<string, string> };
      const [name, option] = parsePair(value);
      put(host, "LogConfig", ["Config", { ...Config, [name]: option }]);
    },
  },
  {
    name: "health-cmd",
    kind: "string",
    value: "string",
    help: "Command to run to check health",
    create: health("Test", (value) => value === "" ? undefined : ["CMD-SHELL", value]),
  },
  {
    name: "health-interval",
    kind: "string",
    value: "duration",
    help: "Time between running the check (ms|s|m|h) (default 0s)",
    create: health("Interval", parseDuration),
  },
  {
    name: "health-timeout",
    kind: "string",
    value: "duration",
    help: "Maximum time to allow one check to run (ms|s|m|h) (default 0s)",
    create: health("Timeout", parseDuration),
  },
  {
    name: "health-start-period",
    kind: "string",
    value: "duration",
    help:
      "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)",
    create: health("StartPeriod", parseDuration),
  },
  {
    name: "health-start-interval",
    kind: "string",
    value: "duration",
    help: "Time between running the check during the start period (ms|s|m|h) (default 0s)",
    since: "1.44",
    create: health("StartInterval", parseDuration),
  },
  {
    name: "health-retries",
    kind: "string",
    value: "int",
    help: "Consecutive failures needed to report unhealthy",
    create: health("Retries", integer(0)),
  },
  {
    name: "no-healthcheck",
    kind: "boolean",
    help: "Disable any container-specified HEALTHCHECK",
  },
];
