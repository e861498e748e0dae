/**
 * The flags of `run`, all of them.
 *
 * @module
 */
import type { CreateFlag } from "../create/draft.ts";
import { LIFE_FLAGS } from "./life.ts";
import { NETWORK_FLAGS } from "./network.ts";
import { PROCESS_FLAGS } from "./process.ts";
import { RESOURCE_FLAGS } from "./resources.ts";
import { SECURITY_FLAGS } from "./security.ts";
import { SESSION_FLAGS } from "./session.ts";
import { STORAGE_FLAGS } from "./storage.ts";

/** The flags of `run`, by their names. */
export const RUN_FLAGS: readonly CreateFlag[] = [
  ...PROCESS_FLAGS,
  ...SESSION_FLAGS,
  ...RESOURCE_FLAGS,
  ...NETWORK_FLAGS,
  ...STORAGE_FLAGS,
  ...SECURITY_FLAGS,
  ...LIFE_FLAGS,
].sort((a, b) => a.name < b.name ? -1 : 1);
