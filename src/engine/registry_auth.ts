/**
 * What proves to a registry who pulls, and how an engine is told.
 *
 * @module
 */

/** What proves to a registry who pulls. */
export type RegistryAuth =
  | {
    /** The name of the user. */
    username: string;
    /** The password, or an access token in its place. */
    password: string;
  }
  | {
    /** A token that the registry has issued for `docker login`. */
    identityToken: string;
  }
  | {
    /** A bearer token, sent to the registry as it is. */
    registryToken: string;
  };

/** The value of the header `X-Registry-Auth`. */
export function encodeRegistryAuth(auth: RegistryAuth, registry: string): string {
  const fields = "username" in auth
    ? { username: auth.username, password: auth.password }
    : "identityToken" in auth
    ? { identitytoken: auth.identityToken }
    : { registrytoken: auth.registryToken };
  const text = JSON.stringify({ ...fields, serveraddress: registry });
  // The engine wants the padding.
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url" });
}
