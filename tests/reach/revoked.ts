/** Opens a session, gives up all permissions, and goes on: `revoked.ts ENDPOINT VERB CONTAINER`. */
import { Client } from "@dockerpty/dockerpty";

const [endpoint, verb, container] = Deno.args;
const client = new Client({ endpoint });
const options = { stdin: "piped", tty: verb === "exec -t" } as const;
const command = ["sh", "-c", "read -r line; echo $line; sleep 0.3; exit 5"];
const session =
  await (verb.startsWith("exec")
    ? client.exec(container, command, options)
    : verb === "start"
    ? client.start(container, options)
    : client.attach(container, options));
for (const name of ["read", "write", "net", "run", "env", "ffi", "sys"] as const) {
  const { state } = await Deno.permissions.revoke({ name });
  if (state === "granted") throw new Error(`${name} is still granted`);
}
const writer = session.stdin!.getWriter();
await writer.write(new TextEncoder().encode("typed\n"));
if (session.tty) await session.resize({ rows: 30, columns: 100 });
const { status, stdout } = await session.output();
console.log(JSON.stringify({ status, stdout: new TextDecoder().decode(stdout) }));
