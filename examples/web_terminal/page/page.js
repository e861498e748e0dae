// The terminal on the page, and the line above it.
// @ts-ignore: served under this name
import { FitAddon } from "./addon-fit.mjs";
import { Connection } from "./connection.js";
// @ts-ignore: served under this name
import { Terminal } from "./xterm.mjs";

/** The largest terminal that the server takes. */
const MOST_ROWS = 200, MOST_COLUMNS = 500;

const element = (id) => document.getElementById(id);
const terminal = new Terminal({
  cursorBlink: true,
  disableStdin: true,
  fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSize: 14,
  scrollback: 5000,
  theme: { background: "#16181d", foreground: "#e6e8ec" },
});
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(element("terminal"));

let typing = false;
/** Whether something was typed here that was left out, as another one types. */
let tooLate = false;

function say(text, kind = "") {
  element("state").textContent = text;
  element("state").className = kind;
}

function sayWhoTypes(here) {
  if (here) return say("Typing", "typing");
  say(tooLate ? "Watching; what you typed last came too late." : "Watching", "watching");
}

function setTyping(now) {
  typing = now;
  terminal.options.disableStdin = !now;
  if (!now) return;
  terminal.focus();
  // The one who types has a terminal as large as the window; the others see that one.
  const before = [terminal.rows, terminal.cols].join();
  fitWindow();
  if ([terminal.rows, terminal.cols].join() === before) tellSize();
}

/** Makes the terminal as large as the window, or as terminals may be here. */
function fitWindow() {
  const { rows, cols } = fit.proposeDimensions() ?? {};
  if (rows && cols) terminal.resize(Math.min(cols, MOST_COLUMNS), Math.min(rows, MOST_ROWS));
}

function tellSize() {
  connection.request({ size: { rows: terminal.rows, columns: terminal.cols } });
}

/** What is told comes into effect when all output before it is on the screen. */
function inTurn(act) {
  terminal.write("", act);
}

function onMessage(message) {
  if (message.screen) {
    inTurn(() => {
      terminal.reset();
      terminal.resize(message.screen.columns, message.screen.rows);
      element("title").textContent = document.title = message.title;
    });
  } else if (message.size) {
    inTurn(() => typing || terminal.resize(message.size.columns, message.size.rows));
  } else if (message.viewers) {
    inTurn(() => setTyping(message.typing));
    tooLate &&= !message.typing;
    sayWhoTypes(message.typing);
    element("viewers").textContent = `${message.viewers} here`;
    element("take").hidden = message.typing || !message.mayType;
  } else if (message.tooLate) {
    tooLate = true;
    sayWhoTypes(false);
  } else if (message.ended) {
    inTurn(() => close(message.ended));
  }
}

let closed = false;

function close(why, replaced = false) {
  if (closed) return;
  closed = true;
  // A tab that was duplicated has the seat of the first one: here is to be another.
  element("return").hidden = !replaced;
  setTyping(false);
  element("take").hidden = true;
  element("viewers").textContent = "";
  say(why);
}

/** Whether the server has answered that it knows no such address: it has another session by now. */
async function isForgotten() {
  try {
    return (await fetch(location.href, { cache: "no-store" })).status === 403;
  } catch {
    return false;
  }
}

// The seat is this tab's own, and stays so when the page is reloaded.
const seat = sessionStorage.getItem("seat") ?? crypto.randomUUID();
sessionStorage.setItem("seat", seat);
const address = new URL(`session?seat=${seat}&page=${crypto.randomUUID()}`, location.href);
address.protocol = address.protocol.replace("http", "ws");

const connection = new Connection(address, {
  output: (bytes, shown) => terminal.write(bytes, shown),
  message: onMessage,
  lost: () => {
    // Who was typing may go on: it is sent when the connection is there again.
    element("take").hidden = true;
    say("Connection lost; trying again…", "lost");
  },
  closed: (why, replaced) => inTurn(() => close(why, replaced)),
  isForgotten,
});

const encoder = new TextEncoder();
terminal.onData((text) => connection.type(encoder.encode(text)));
terminal.onBinary((text) => connection.type(Uint8Array.from(text, (char) => char.charCodeAt(0))));
terminal.onResize(() => typing && tellSize());
addEventListener("resize", () => typing && fitWindow());
element("take").addEventListener("click", () => connection.request({ take: true }));
element("return").addEventListener("click", () => {
  sessionStorage.removeItem("seat");
  location.reload();
});

// For a look at it from the browser's console
globalThis.terminal = terminal;
