import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseArguments, UsageError } from "../../src/cli/args.ts";
import { buildCreate } from "../../src/cli/create/build.ts";
import { RUN_FLAGS } from "../../src/cli/run_flags/all.ts";
import { parseFields } from "../../src/cli/values/csv.ts";
import { parseDuration } from "../../src/cli/values/duration.ts";
import { parseMount } from "../../src/cli/values/mount.ts";
import { parsePublish } from "../../src/cli/values/port.ts";
import { parseSize } from "../../src/cli/values/size.ts";
import { ValueError } from "../../src/cli/values/value_error.ts";
import { cleanPath, parseVolume } from "../../src/cli/values/volume.ts";
import { property, refused, wordsOf } from "./property.ts";

/** The words of all values' syntaxes. */
const value = wordsOf(
  ...["0", "1", "80", "65535", "65536", "99999999999999999999", "-1", "+", ".", "e9", "0x", "512"],
  ...["b", "k", "m", "GiB", "ns", "s", "h", "/", ":", ",", "=", "-", "[", "]", "::1", "127.0.0.1"],
  ...[
    "tcp",
    "udp",
    "type=bind",
    "src=",
    "dst=/a",
    "ro",
    '"',
    "\\",
    " ",
    "\t",
    "\n",
    "*",
    "..",
    "./",
  ],
  ...["rwm", "/dev/sda", "c 1:3 ", "on-failure", "always", "host", "none", "container:", "name="],
  ...[
    "all",
    "count=",
    "device=",
    "nofile=",
    "ff",
    "linux",
    "arm64",
    "seccomp=",
    "no-new-privileges",
  ],
  ...[
    "net.",
    "__proto__",
    "constructor",
    "toString",
    "true",
    "auto",
    "alias=",
    "é",
    "\0",
    "a",
    "x",
  ],
);

const flag = fc.constantFrom(...RUN_FLAGS.filter(({ create }) => create !== undefined));

const local = {
  env: (name: string) => name === "x" ? "mine" : undefined,
  cwd: () => "/here",
  read: () => new TextEncoder().encode("A=1\nx\n"),
};

/** The numbers in a value, wherever they are. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbers) : [];
}

property(
  "values: any value of any flag of run is sent as JSON, or is refused by an error of one line",
  fc.tuple(flag, value),
  ([{ name }, value]) => {
    const error = refused([UsageError], () => {
      const body = buildCreate(RUN_FLAGS, parseArguments([`--${name}=${value}`], RUN_FLAGS), local);
      for (const number of numbers(body)) assert(Math.abs(number) < 2 ** 63, `${number}`);
      JSON.stringify(body);
    });
    if (error !== undefined) assert(/^[^\n\r]+$/.test(error.message), error.message);
  },
);

const UNITS: [string, bigint][] = [
  ["ns", 1n],
  ["us", 1000n],
  ["µs", 1000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
];

property(
  "values: a duration is the sum of its parts, in nanoseconds",
  fc.tuple(
    fc.constantFrom("", "+"),
    fc.array(fc.tuple(fc.nat(2_000_000), fc.constantFrom(...UNITS)), {
      minLength: 1,
      maxLength: 4,
    }),
  ),
  ([sign, parts]) => {
    const text = sign + parts.map(([number, [unit]]) => `${number}${unit}`).join("");
    const sum = parts.reduce((sum, [number, [, factor]]) => sum + BigInt(number) * factor, 0n);
    const error = refused([ValueError], () => {
      const read = parseDuration(text);
      // Beyond 104 days a number of JavaScript's counts in steps of some nanoseconds.
      assert(Math.abs(Number(sum) - read) <= 4096, `${text}: ${read}`);
    });
    assertEquals(error !== undefined, sum > 2n ** 63n - 2048n);
  },
);

property(
  "values: a size is its number in the unit that is given, without a fraction of a byte",
  fc.tuple(
    fc.nat(1_000_000),
    fc.oneof(fc.constant(""), fc.nat(999).map((fraction) => `.${fraction}`)),
    fc.constantFrom("", "b", "k", "m", "g", "t"),
    fc.constantFrom("", "b", "iB", "B"),
    fc.boolean(),
  ),
  ([whole, fraction, unit, end, upper]) => {
    const suffix = unit === "" || unit === "b" ? unit : unit + end;
    const text = `${whole}${fraction}${upper ? suffix.toUpperCase() : suffix}`;
    const power = BigInt(["", "k", "m", "g", "t"].indexOf(unit === "b" ? "" : unit));
    const [, digits = ""] = fraction.split(".");
    const scale = 10n ** BigInt(digits.length);
    const bytes = (BigInt(whole) * scale + BigInt(digits || 0)) * 1024n ** power / scale;
    const error = refused([ValueError], () => {
      const read = parseSize(text);
      assert(Math.abs(read - Number(bytes)) <= Math.max(1, read / 2 ** 50), `${text}: ${read}`);
    });
    assertEquals(error !== undefined, bytes > BigInt(Number.MAX_SAFE_INTEGER), text);
  },
);

const port = fc.integer({ min: 0, max: 65_000 });

property(
  "values: published ports are paired one by one, whatever the range, the address and the protocol",
  fc.record({
    address: fc.constantFrom("", "127.0.0.1", "[::1]", "0.0.0.0"),
    host: fc.option(port, { nil: undefined }),
    inside: port,
    more: fc.nat(20),
    protocol: fc.constantFrom(undefined, "tcp", "udp", "sctp", "TCP"),
  }),
  ({ address, host, inside, more, protocol }) => {
    const range = (first: number) => more === 0 ? `${first}` : `${first}-${first + more}`;
    const outside = host === undefined ? "" : range(host);
    const front = address !== ""
      ? `${address}:${outside}:`
      : host === undefined
      ? ""
      : `${outside}:`;
    const text = front + range(inside) + (protocol === undefined ? "" : `/${protocol}`);
    const expected = Array.from({ length: more + 1 }, (_, at) => ({
      port: `${inside + at}/${(protocol ?? "tcp").toLowerCase()}`,
      binding: {
        HostIp: address.replace(/[[\]]/g, ""),
        HostPort: host === undefined ? "" : `${host + at}`,
      },
    }));
    assertEquals(parsePublish(text), expected, text);
  },
);

const field = fc.string({ unit: fc.constantFrom(...'ab,"= \\é\n'), maxLength: 8 });

property(
  "values: fields that commas divide are read as they were written, quoted or not",
  fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 5 }),
  (fields) => {
    const line = fields.map(([field, quoted]) => {
      return quoted || /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
    }).join(",");
    assertEquals(parseFields(line), fields.map(([field]) => field));
  },
);

const mountPath = fc.string({ unit: fc.constantFrom(..."ab/. ,é"), minLength: 1, maxLength: 8 })
  .map((path) => `/${path}`);

property(
  "values: a mount's fields are where the engine looks for them, in any order",
  fc.record({
    source: mountPath,
    target: mountPath,
    readOnly: fc.option(fc.boolean(), { nil: undefined }),
    labels: fc.dictionary(fc.constantFrom("a", "b", "__proto__", "constructor"), field, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    order: fc.array(fc.nat(100), { minLength: 8, maxLength: 8 }),
  }),
  ({ source, target, readOnly, labels, order }) => {
    const quoted = (text: string) => /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const names = Object.keys(labels);
    const fields = [
      `src=${source}`,
      `dst=${target}`,
      ...readOnly === undefined ? [] : [`readonly=${readOnly}`],
      ...names.map((name) => `volume-label=${name}=${labels[name]}`),
    ];
    const shuffled = fields.map((field, at) => ({ field, at: order[at] }))
      .sort((a, b) => a.at - b.at).map(({ field }) => field);
    const mount = parseMount(shuffled.map(quoted).join(","), () => "/here");
    assertEquals([mount.Type, mount.Source, mount.Target], ["volume", source, target]);
    assertEquals(mount.ReadOnly, readOnly);
    const written = JSON.parse(JSON.stringify(mount)).VolumeOptions?.Labels ?? {};
    assertEquals(Object.entries(written).sort(), Object.entries(labels).sort());
  },
);

property(
  "values: a volume in short keeps its parts, and a path from here is clean and absolute",
  fc.tuple(wordsOf("/", "..", ".", "a", "b", ":"), wordsOf("/", "..", ".", "a", ":", "ro")),
  ([source, rest]) => {
    const clean = cleanPath(`/${source}`);
    assert(/^\//.test(clean) && !/(^|\/)\.{1,2}(\/|$)|\/\//.test(clean), clean);
    assertEquals(cleanPath(clean), clean);
    refused([ValueError], () => {
      const volume = parseVolume(`${source}:${rest}`, () => "/here");
      if ("bind" in volume && source.startsWith(".") && !source.includes(":")) {
        assert(volume.bind.startsWith("/"), volume.bind);
        assert(volume.bind.endsWith(`:${rest}`), volume.bind);
      }
    });
  },
);
