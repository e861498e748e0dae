import { assertEquals } from "@std/assert";
import { sshArguments } from "../../../src/transport/ssh.ts";

const ENDPOINT = { transport: "ssh" as const, hostname: "far" };

Deno.test("ssh runs docker's dial-stdio on the far side, with no terminal of its own", () => {
  assertEquals(
    sshArguments(ENDPOINT).join(" "),
    [
      "-o ConnectTimeout=30 -T -- far docker system dial-stdio",
    ].join(" "),
  );
});

Deno.test("user, port and socket are passed on, the host behind a double dash", () => {
  const args = sshArguments({ ...ENDPOINT, user: "me", port: 2222, path: "/run/d.sock" });
  assertEquals(args, [
    ...["-o", "ConnectTimeout=30", "-T", "-l", "me", "-p", "2222", "--", "far"],
    ...["docker", "--host", "'unix:///run/d.sock'", "system", "dial-stdio"],
  ]);
});

Deno.test("the far side's shell cannot take a socket's path apart", () => {
  const args = sshArguments({ ...ENDPOINT, path: "/a b'; reboot #" });
  assertEquals(args.at(-3), "'unix:///a b'\\''; reboot #'");
});
