// Attaches to a container, and then asks the user for a line.
import { attach } from "@dockerpty/dockerpty";

const status = await attach(Deno.args[0]);
console.log(status.reason === "exited" ? `ended with ${status.code}` : status.reason);
console.log(`the answer is <${prompt("and now:")}>`);
