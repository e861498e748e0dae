import { assertEquals, assertThrows } from "@std/assert";
import { DockerptyError } from "../../../src/errors.ts";
import { GATHER_TIME, Recorder } from "../../../src/session/recorder.ts";
import { bytes } from "../../fakes/bytes.ts";
import { FakeClock } from "../../fakes/clock.ts";

const size = { rows: 24, columns: 80 };

/** A clock that is a millisecond later whenever it is looked at. */
function ticking(): () => number {
  let time = 0;
  return () => ++time;
}

/** Records into a file of its own; returns the events. */
async function recorded(
  use: (recorder: Recorder) => void,
  now = ticking(),
): Promise<[number, string, string][]> {
  const path = await Deno.makeTempFile();
  try {
    const recorder = new Recorder(path, { size, force: true, now });
    use(recorder);
    recorder.close();
    const [, ...lines] = (await Deno.readTextFile(path)).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  } finally {
    await Deno.remove(path);
  }
}

const texts = (events: [number, string, string][]) => events.map(([, code, text]) => [code, text]);

Deno.test("a character that is cut in two is put together, for each stream by itself", async () => {
  const [first, second] = [bytes("é").subarray(0, 1), bytes("é").subarray(1)];
  const events = await recorded((recorder) => {
    recorder.bytes("stdout", first);
    recorder.bytes("stderr", bytes("err"));
    recorder.bytes("stdin", first);
    recorder.bytes("stdout", second);
    recorder.bytes("stdin", second);
    recorder.bytes("stderr", first);
  });
  assertEquals(texts(events), [["o", "err"], ["o", "é"], ["i", "é"], ["o", "\ufffd"]]);
});

Deno.test("a byte order mark is recorded wherever it comes", async () => {
  const events = await recorded((recorder) => {
    for (const text of ["\ufeff", "a", "\ufeff", "b"]) recorder.bytes("stdout", bytes(text));
  });
  assertEquals(texts(events).map(([, text]) => text), ["\ufeff", "a", "\ufeff", "b"]);
});

Deno.test("bare line feeds get the carriage returns that a player needs, others stay", async () => {
  const events = await recorded((recorder) => {
    recorder.bytes("stdout", bytes("a\n\nb\n"), true);
    recorder.bytes("stdout", bytes("a\r\nb\n\rc"), true);
    recorder.bytes("stdout", bytes("a\nb"));
    // Cut in two, beside the other stream.
    recorder.bytes("stdout", bytes("é\r"), true);
    recorder.bytes("stderr", bytes("\n"), true);
    recorder.bytes("stdout", bytes("\n\n"), true);
  });
  assertEquals(texts(events).map(([, text]) => text), [
    "a\r\n\r\nb\r\n",
    "a\r\nb\r\n\rc",
    "a\nb",
    "é\r",
    "\r\n",
    "\n\r\n",
  ]);
});

Deno.test("times never go back, whatever the system's clock does", async () => {
  const clock = [1000, 2500, 1500, 3000];
  const events = await recorded((recorder) => {
    for (const text of ["a", "b", "c"]) recorder.bytes("stdout", bytes(text));
  }, () => clock.shift()!);
  assertEquals(events.map(([time]) => time), [1.5, 1.5, 2]);
});

Deno.test("what comes within the same millisecond is one event, of each kind by itself", async () => {
  let time = 1000;
  const events = await recorded((recorder) => {
    // The first is written at once.
    for (const text of ["first", "a", "b\n", "é\x1b", "ü"]) recorder.bytes("stdout", bytes(text));
    recorder.bytes("stderr", bytes("c"));
    recorder.bytes("stdin", bytes("x"));
    recorder.bytes("stdin", bytes("y"));
    recorder.bytes("stdout", bytes("d"));
    recorder.event("r", "100x30");
    recorder.bytes("stdout", bytes("e"));
    time += 1;
    recorder.bytes("stdout", bytes("f"));
    // A part of a character is no event, and what it is begun in the middle of stays whole.
    recorder.bytes("stdout", bytes("é").subarray(0, 1));
    recorder.bytes("stdin", bytes("z"));
    recorder.bytes("stdout", bytes("é").subarray(1));
  }, () => time);
  assertEquals(events, [
    [0, "o", "first"],
    [0, "o", "ab\né\x1büc"],
    [0, "i", "xy"],
    [0, "o", "d"],
    [0, "r", "100x30"],
    [0, "o", "e"],
    [0.001, "o", "f"],
    [0.001, "i", "z"],
    [0.001, "o", "é"],
  ]);
});

Deno.test("long lines and short ones, in any order, are whole", async () => {
  const all = [10, 100_000, 3, 300_000].map((length, index) => "é\x1b"[index % 2].repeat(length));
  const events = await recorded((recorder) => {
    for (const text of all) recorder.bytes("stdout", bytes(text));
  });
  assertEquals(texts(events).map(([, text]) => text), all);
});

Deno.test("what follows closely is written together, whole, and what is alone at once", async () => {
  const path = await Deno.makeTempFile();
  const clock = new FakeClock();
  const recorder = new Recorder(path, { size, force: true, now: ticking() }, clock);
  const inFile = () =>
    Deno.readTextFileSync(path).split("\n").slice(1, -1).map((line) => JSON.parse(line)[2]);
  try {
    recorder.bytes("stdout", bytes("first"));
    assertEquals(inFile(), ["first"], "also where the header was just written");
    recorder.bytes("stdout", bytes("second"));
    recorder.event("r", "100x30");
    recorder.bytes("stdin", bytes("third"));
    assertEquals(inFile(), ["first"]);
    clock.advance(GATHER_TIME);
    const written = ["first", "second", "100x30", "third"];
    assertEquals(inFile(), written);
    recorder.bytes("stdout", bytes("fourth"));
    assertEquals(inFile(), written, "it follows a write of others closely");
    clock.advance(GATHER_TIME);
    clock.advance(GATHER_TIME);
    assertEquals(clock.pending, 0, "nothing is waited for where nothing comes");
    recorder.bytes("stdout", bytes("fifth"));
    assertEquals(inFile(), [...written, "fourth", "fifth"]);
    // However soon they come, no more wait than are worth it.
    const large = "x".repeat(50_000);
    for (let count = 0; count < 3; count++) recorder.bytes("stdout", bytes(large));
    assertEquals(inFile().length, 9);
    recorder.bytes("stdout", bytes("last"));
    recorder.close();
    assertEquals(inFile().slice(-4), [large, large, large, "last"]);
    assertEquals(clock.pending, 0);
  } finally {
    recorder.close();
    await Deno.remove(path);
  }
});

Deno.test({
  name: "a disk that has become full while nobody asked is told at once, and to all who come next",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/a.cast`;
      await new Deno.Command("mkfifo", { args: [path] }).output();
      // A pipe that nobody reads any more is as good as a disk that is full.
      const reader = Deno.openSync(path, { read: true, write: true });
      const clock = new FakeClock();
      const recorder = new Recorder(path, { size, force: true }, clock);
      const told: string[] = [];
      recorder.onFailure = ({ message }) => void told.push(message);
      recorder.bytes("stdout", bytes("first"));
      recorder.bytes("stdout", bytes("second"));
      reader.close();
      clock.advance(GATHER_TIME);
      const says = `cannot record to ${path}: Broken pipe`;
      assertEquals(told.map((message) => message.startsWith(says)), [true]);
      const calls = [
        () => recorder.bytes("stdout", bytes("more")),
        () => recorder.event("m", "exited 0"),
        () => recorder.flush(),
      ];
      for (const call of [...calls, ...calls]) assertThrows(call, DockerptyError, says);
      recorder.close();
      assertEquals([told.length, clock.pending], [1, 0]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a disk that is full is told, and a device stays as it is",
  ignore: Deno.build.os !== "linux",
  fn() {
    const before = Deno.statSync("/dev/full").mode;
    assertThrows(
      () => new Recorder("/dev/full", { size, force: true }).begin(),
      DockerptyError,
      "cannot record to /dev/full: No space left on device",
    );
    assertEquals(Deno.statSync("/dev/full").mode, before);
  },
});

Deno.test("what is no file, or in no folder, is told with its name, once", () => {
  for (
    const [path, why] of [["/nowhere/a.cast", "No such file or directory"], [
      "/tmp",
      "Is a directory",
    ]]
  ) {
    const error = assertThrows(() => new Recorder(path, { size, force: true }), DockerptyError);
    assertEquals(error.message, `cannot record to ${path}: ${why}`);
  }
});

Deno.test("a recording that has not begun leaves no file, and one that was there as it was", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.cast`;
    new Recorder(path, { size }).close();
    assertEquals([...Deno.readDirSync(folder)], []);
    Deno.writeTextFileSync(path, "the one before", { mode: 0o644 });
    new Recorder(path, { size, force: true }).close();
    assertEquals(Deno.readTextFileSync(path), "the one before");
    // What is gone already is no fault, and what a link leads to is made.
    const gone = new Recorder(`${folder}/gone.cast`, { size });
    Deno.removeSync(`${folder}/gone.cast`);
    gone.close();
    Deno.symlinkSync(`${folder}/target.cast`, `${folder}/link.cast`);
    const linked = new Recorder(`${folder}/link.cast`, { size, force: true });
    linked.begin();
    linked.close();
    assertEquals(Deno.statSync(`${folder}/target.cast`).isFile, true);
    const recorder = new Recorder(path, { size, force: true });
    recorder.begin();
    recorder.close();
    assertEquals(Deno.readTextFileSync(path).split("\n").length, 2);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
