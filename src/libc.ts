/**
 * The system's C library, where Deno may call it.
 *
 * @module
 */

/** Its names: with a grant for all libraries, and the paths that scoped grants hold. */
const LIBRARIES: Record<string, readonly string[]> = {
  linux: [
    "libc.so.6",
    `/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
    `/usr/lib/${Deno.build.arch}-linux-gnu/libc.so.6`,
    "/lib64/libc.so.6",
  ],
  darwin: ["libSystem.dylib", "/usr/lib/libSystem.dylib"],
};

/** Opens it for some of its functions; null where that is not permitted, or they are not there. */
export function openLibc<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S> | null {
  for (const library of LIBRARIES[Deno.build.os] ?? []) {
    const path = library.startsWith("/") ? library : undefined;
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") continue;
    try {
      return Deno.dlopen(library, symbols);
    } catch {
      // Not under this name: the next one may be.
    }
  }
  return null;
}
