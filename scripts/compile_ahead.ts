/**
 * Has V8 compile chosen functions together with the file that they are in.
 *
 * Deno keeps what V8 has compiled when a file is loaded, and V8 compiles then what is outside of all
 * functions, and functions that stand in parentheses; every other function is compiled anew in each
 * process that calls it. A command that ends after a few milliseconds of its own calls hundreds of
 * functions, each of them once: so what it calls is put in parentheses.
 */
import { type AnyNode, type Function as FunctionNode, type Node, parse } from "acorn";
import { fullAncestor } from "acorn-walk";
import MagicString from "magic-string";

/**
 * Rewrites the functions that end at these offsets, so that they are compiled with the file. What
 * cannot stand in parentheses is left as it is: constructors, accessors, and what is private, static,
 * or calls `super`.
 *
 * @param source a module's source
 * @param ends the offsets behind the functions' last characters, in UTF-16 code units
 * @returns a module that does the same
 */
export function compileAhead(source: string, ends: ReadonlySet<number>): string {
  const text = new MagicString(source);
  const program = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  fullAncestor(program, (node, _state, ancestors) => {
    if (isFunction(node) && ends.has(node.end)) rewrite(text, node, ancestors.at(-2) as AnyNode);
  });
  return text.toString();
}

function isFunction(node: Node): node is FunctionNode {
  return /Function(Expression|Declaration)$/.test(node.type);
}

function rewrite(text: MagicString, node: FunctionNode, parent: AnyNode): void {
  const { start, end } = node;
  if (node.type === "ArrowFunctionExpression") {
    text.appendRight(start, "(").appendLeft(end, ")");
  } else if (node.type === "FunctionDeclaration") {
    if (parent.type !== "Program") return;
    // To the top, as what calls it may stand before it.
    text.appendRight(start, `var ${node.id!.name} = (`).appendLeft(end, ");\n").move(start, end, 0);
  } else if (parent.type === "Property" && parent.method && !parent.computed) {
    const key = text.original.slice(parent.key.start, parent.key.end);
    text.overwrite(parent.start, start, `${key}: (${keyword(node)}`).appendLeft(end, ")");
  } else if (parent.type === "MethodDefinition" && parent.key.type === "Identifier") {
    if (parent.kind !== "method" || parent.static || parent.computed) return;
    if (/\bsuper\b/.test(text.original.slice(start, end))) return;
    // In the class still, for the sake of what is private in it.
    const property = `static { this.prototype.${parent.key.name} = (`;
    text.overwrite(parent.start, start, property + keyword(node)).appendLeft(end, "); }");
  }
}

// Without a name, which could hide one that the method uses.
function keyword({ async, generator }: FunctionNode): string {
  return `${async ? "async " : ""}function${generator ? "*" : ""} `;
}
