// What a browser is given: the page, and xterm.js from npm. Nothing is fetched from elsewhere.
import fit from "@xterm/addon-fit/lib/addon-fit.mjs" with { type: "text" };
import xtermStyle from "@xterm/xterm/css/xterm.css" with { type: "text" };
import xterm from "@xterm/xterm/lib/xterm.mjs" with { type: "text" };
import connection from "./page/connection.js" with { type: "text" };
import page from "./page/index.html" with { type: "text" };
import script from "./page/page.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

const HTML = "text/html; charset=utf-8";
const JAVASCRIPT = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

const assets: Record<string, [type: string, text: string]> = {
  "": [HTML, page],
  "page.js": [JAVASCRIPT, script],
  "connection.js": [JAVASCRIPT, connection],
  "style.css": [CSS, style],
  "xterm.mjs": [JAVASCRIPT, xterm],
  "addon-fit.mjs": [JAVASCRIPT, fit],
  "xterm.css": [CSS, xtermStyle],
};

/** xterm.js makes style elements of its own, hence the unsafe-inline. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The token is in the address: that is told to nobody, and kept in no cache. */
export const headers: Record<string, string> = {
  "Content-Security-Policy": policy,
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

export function asset(name: string): Response | undefined {
  if (!Object.hasOwn(assets, name)) return undefined;
  const [type, text] = assets[name];
  return new Response(text, { headers: { ...headers, "Content-Type": type } });
}
