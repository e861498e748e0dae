/** What stty(1) says with `option` of the terminal at `path`. */
export async function stty(option: string, path: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("stty", {
    args: [option, "-F", path],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
