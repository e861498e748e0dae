import { assert, assertEquals, assertThrows } from "@std/assert";
import type {
  AttachCommandOptions,
  AttachOptions,
  CaptureOptions,
  ClientOptions,
  ExecCommandOptions,
  ExecOptions,
  PresentOptions,
  RecordOptions,
  RunCommandOptions,
  RunOptions,
  StartOptions,
} from "@dockerpty/dockerpty";
import { InvalidOptionError } from "../../../src/errors.ts";
import {
  checkCapture,
  checkClient,
  checkOptions,
  checkRecording,
} from "../../../src/session/check_options.ts";

type NameIn<T> = T extends unknown ? keyof T : never;
/** All names of options: what an interface gets and is not here is an error of types. */
type SessionName = NameIn<
  | (AttachCommandOptions | ExecCommandOptions | RunCommandOptions | PresentOptions)
  | (AttachOptions | ExecOptions | RunOptions | StartOptions | ClientOptions)
>;
const SESSION: Record<SessionName, true> = {
  ...{
    apiVersion: true,
    auth: true,
    create: true,
    detachKeys: true,
    dial: true,
    dispose: true,
    endpoint: true,
  },
  ...{ entrypoint: true, env: true, interactive: true, logDriver: true, maxSessions: true },
  ...{ name: true, network: true, onCreated: true, onPull: true, onReconnect: true },
  ...{ onStartFailure: true, platform: true, privileged: true, pull: true, reconnect: true },
  ...{ record: true, recordForce: true, recordInput: true, remove: true, repaint: true },
  ...{ signal: true, signalProxy: true, size: true, stderr: true, stdin: true, stdout: true },
  ...{ tail: true, terminal: true, timeout: true, timers: true, tty: true, user: true },
  ...{ volumes: true, workdir: true },
};
const CAPTURE: Record<NameIn<CaptureOptions>, true> = {
  ...{ input: true, limit: true, overflow: true, signal: true, timeout: true },
};
const RECORDING: Record<NameIn<RecordOptions>, true> = {
  ...{ command: true, force: true, input: true, now: true, size: true },
};

const all: [check: (options: object) => void, names: object][] = [
  [checkOptions, SESSION],
  [checkClient, SESSION],
  [checkCapture, CAPTURE],
  [(options) => checkRecording("file", options), RECORDING],
];

Deno.test("options: every name of an option is known", () => {
  for (const [check, names] of all) {
    for (const name of Object.keys(names)) {
      try {
        // Of a value that none of them takes.
        check({ [name]: Symbol() });
      } catch (error) {
        assert(error instanceof InvalidOptionError);
        assertEquals(/unknown/.test(error.message), false, error.message);
      }
    }
  }
});

Deno.test("options: a name that is none is told, with the one that is meant", () => {
  const misspelt: [number, string, string][] = [
    [0, "netwrok", 'unknown option "netwrok": did you mean network?'],
    [0, "rm", 'unknown option "rm"'],
    [0, "Tty", 'unknown option "Tty": did you mean tty?'],
    [1, "maxSession", 'unknown option "maxSession": did you mean maxSessions?'],
    [2, "timeoutMs", 'unknown option "timeoutMs": did you mean timeout?'],
    [3, "inputs", 'unknown option "inputs": did you mean input?'],
  ];
  for (const [index, name, message] of misspelt) {
    const [check] = all[index];
    const error = assertThrows(() => check({ [name]: true }), InvalidOptionError);
    assertEquals(error.message, message);
    check({ [name]: undefined });
  }
});

Deno.test("options: a value that is a text is told as one", () => {
  assertThrows(() => checkOptions({ tty: "true" }), InvalidOptionError, 'invalid tty ("true")');
});

Deno.test("options: a function that would never be called is an error", () => {
  const onReconnect = () => {};
  assertThrows(() => checkOptions({ onReconnect }), InvalidOptionError, "without reconnect: true");
  checkOptions({ onReconnect, reconnect: true });
});
