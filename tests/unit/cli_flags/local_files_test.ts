import { assertEquals, assertThrows } from "@std/assert";
import { FlagError } from "../../../src/cli/args.ts";
import { CidFile } from "../../../src/cli/cid_file.ts";
import { readBase } from "../../../src/cli/create/base.ts";
import { CommandNotFoundError } from "../../../src/cli/exit_code.ts";
import { LOCAL } from "../../../src/cli/local.ts";
import { ValueError } from "../../../src/cli/values/value_error.ts";

async function inFolder(use: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the file for an id is made first, and goes if no id comes", () =>
  inFolder((folder) => {
    const path = `${folder}/cid`;
    {
      using file = CidFile.open(path);
      assertEquals(Deno.readTextFileSync(path), "");
      file.write("an id");
    }
    assertEquals(Deno.readTextFileSync(path), "an id");
    assertThrows(() => CidFile.open(path), FlagError, "container ID file found");
    Deno.removeSync(path);
    CidFile.open(path)[Symbol.dispose]();
    assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
    assertThrows(() => CidFile.open(`${folder}/no/cid`), CommandNotFoundError, "no such file");
    using none = CidFile.open(undefined);
    none.write("nowhere");
  }));

Deno.test("the file of --create-json holds an object, with objects where the engine has them", () =>
  inFolder((folder) => {
    const path = `${folder}/create.json`;
    const read = (text: string) => {
      Deno.writeTextFileSync(path, text);
      return readBase(path, true);
    };
    assertEquals(read('{"Labels": {"a": "b"}}'), { Labels: { a: "b" } });
    for (const text of ["[]", "5", "null", '{"HostConfig": []}']) {
      assertThrows(() => read(text), FlagError, "expected a JSON object");
    }
    const fault = `--create-json: "${path}" is not JSON: line 3, column 1: expected a comma or }`;
    assertThrows(() => read('{"Labels": {},\n "Tty": true\n'), FlagError, fault);
    assertThrows(() => readBase(`${folder}/none`, false), FlagError, "no such file");
    assertThrows(() => readBase("-", true), FlagError, "both take stdin");
  }));

Deno.test("a file that a flag names and that cannot be read", () =>
  inFolder((folder) => {
    assertThrows(() => LOCAL.read(`${folder}/none`), ValueError, "no such file or directory");
    assertThrows(() => LOCAL.read(folder), ValueError, "is a directory");
  }));
