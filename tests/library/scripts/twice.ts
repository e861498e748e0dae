// Two sessions, one after the other, on the same stdin.
import { Client, present } from "@dockerpty/dockerpty";

const client = new Client();
for (const name of ["first", "second"]) {
  const session = await client.exec(Deno.args[0], [
    "sh",
    "-c",
    `read -r line; echo "${name} $line"`,
  ], {
    stdin: "piped",
  });
  const status = await present(session);
  console.log(status);
}
