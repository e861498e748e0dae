import { HijackedSession, type SessionParts } from "../../src/session/hijacked_session.ts";

/** A session over a fake connection, whose process ends with the code 0 when its output does. */
export function hijackedSession(
  parts: Pick<SessionParts, "connection" | "read"> & Partial<SessionParts>,
): HijackedSession {
  return new HijackedSession({
    id: "x",
    tty: false,
    stdin: "half-close",
    exited: async (outputEnded) => {
      await outputEnded;
      return { reason: "exited", code: 0 };
    },
    resize: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    release: () => {},
    ...parts,
  });
}
