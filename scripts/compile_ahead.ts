/**
 * Has V8 compile chosen functions together with the file that they are in.
 *
 * Deno keeps what V8 has compiled when a file is loaded, and V8 compiles then what is outside of all
 * functions, and functions that stand in parentheses; every other function is compiled anew in each
 * process that calls it. A command that ends after a few milliseconds of its own calls hundreds of
 * functions, each of them once: so what it calls is put in parentheses.
 */
import {
  type AnyNode,
  type AssignmentExpression,
  type Class,
  type Function as FunctionNode,
  type Identifier,
  type MethodDefinition,
  type Node,
  parse,
  type Property,
  type UpdateExpression,
} from "acorn";
import { full, fullAncestor } from "acorn-walk";
import MagicString from "magic-string";

/**
 * Rewrites the functions that end at these offsets, so that they are compiled with the file. One for
 * which that may change what the module does is left as it is: constructors, accessors, what is
 * private, static or computed in a class, inner declarations, and whatever uses `super`.
 *
 * @param source a module's source as esbuild writes it: each statement has its semicolon
 * @param ends the offsets behind the functions' last characters, in UTF-16 code units
 * @returns a module that does the same
 */
export function compileAhead(source: string, ends: ReadonlySet<number>): string {
  const text = new MagicString(source);
  const program = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  const assigned = assignedNames(program);
  fullAncestor(program, (node, _state, ancestors) => {
    if (!isFunction(node) || !ends.has(node.end)) return;
    if (/\bsuper\b/.test(source.slice(node.start, node.end))) return;
    const [parent, , owner] = ancestors.slice(0, -1).reverse() as AnyNode[];
    if (node.type === "ArrowFunctionExpression") {
      text.appendRight(node.start, "(").appendLeft(node.end, ")");
    } else if (node.type === "FunctionDeclaration") {
      const { name } = node.id!;
      if (parent.type === "Program" && !assigned.has(name)) rewriteDeclaration(text, node, name);
    } else if (parent.type === "Property" && parent.method) {
      rewriteProperty(text, node, parent);
    } else if (parent.type === "MethodDefinition" && isPlain(owner as Class, parent)) {
      rewriteMethod(text, node, parent);
    }
  });
  return text.toString();
}

function isFunction(node: Node): node is FunctionNode {
  return /Function(Expression|Declaration)$/.test(node.type);
}

/** The names that are given another value somewhere: a function's own, within it, cannot be. */
function assignedNames(program: Node): Set<string> {
  const names = new Set<string>();
  const add = (target: Node) => {
    if (target.type === "Identifier") names.add((target as Identifier).name);
  };
  full(program, (node) => {
    if (node.type === "AssignmentExpression") add((node as AssignmentExpression).left);
    if (node.type === "UpdateExpression") add((node as UpdateExpression).argument);
  });
  return names;
}

function rewriteDeclaration(text: MagicString, { start, end }: FunctionNode, name: string): void {
  text.appendRight(start, `var ${name} = (`).appendLeft(end, ");\n");
  // To the top, as what calls it may stand before it.
  if (start > 0) text.move(start, end, 0);
}

function rewriteProperty(
  text: MagicString,
  node: FunctionNode,
  { start, key, computed }: Property,
) {
  const name = text.original.slice(key.start, key.end);
  if (computed || name === "__proto__") return;
  text.overwrite(start, node.start, `${name}: (${keyword(node)}`).appendLeft(node.end, ")");
}

/** Whether a method is there from its class's beginning to its end, under its name alone. */
function isPlain({ body: { body } }: Class, method: MethodDefinition): boolean {
  const { kind, key, computed } = method;
  if (kind !== "method" || method.static || computed || key.type !== "Identifier") return false;
  return body.every((element) =>
    element.type === "MethodDefinition"
      ? element === method || element.key.type !== "Identifier" || element.key.name !== key.name
      : element.type === "PropertyDefinition" && !element.static
  );
}

function rewriteMethod(
  text: MagicString,
  node: FunctionNode,
  { start, key }: MethodDefinition,
): void {
  const { name } = key as Identifier;
  // In the class still, for the sake of what is private in it.
  const define = `static { Object.defineProperty(this.prototype, "${name}", { value: (`;
  text.overwrite(start, node.start, define + keyword(node))
    .appendLeft(node.end, "), writable: true, configurable: true }); }");
}

// Without a name, which could hide one that the method uses.
function keyword({ async, generator }: FunctionNode): string {
  return `${async ? "async " : ""}function${generator ? "*" : ""} `;
}
