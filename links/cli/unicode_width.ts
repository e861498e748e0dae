// unicodeWidth of @std/cli, with @std/cli's own signature. The npm build of the standard library
// lacks the table that this function is made of, so that another one stands in. Only for a checkout:
// see CONTRIBUTING.md, "Links".
import { eastAsianWidth } from "npm:get-east-asian-width@1.7.0";

export function unicodeWidth(str: string): number {
  let width = 0;
  for (const character of str) {
    if (!/[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u.test(character)) {
      width += eastAsianWidth(character.codePointAt(0)!);
    }
  }
  return width;
}
