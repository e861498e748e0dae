// Runs a command in a container, at the terminal or on pipes, and has nothing more to do then.
import { exec } from "@dockerpty/dockerpty";

const [container, ...command] = Deno.args;
const status = await exec(container, command);
console.log(status.reason === "exited" ? `ended with ${status.code}` : status.reason);
