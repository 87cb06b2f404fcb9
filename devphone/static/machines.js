// The drawer "What the machines said": each webhook with its fields, its time and its document.

import { word } from "./words.js";

const list = document.getElementById("machines");

export function clear() {
  list.replaceChildren();
  document.getElementById("no-machines").hidden = false;
}

export function show(event) {
  if (event.kind !== "fetched") return;
  document.getElementById("no-machines").hidden = true;
  const details = document.createElement("details");
  details.append(summaryOf(event), heading("answered"), documentOf(event), heading("sent"), fieldsOf(event));
  const element = document.createElement("li");
  element.append(details);
  list.prepend(element);
}

function summaryOf(event) {
  const summary = document.createElement("summary");
  const path = new URL(event.url);
  const good = event.status >= 200 && event.status < 300;
  summary.append(
    span("path", path.pathname + path.search),
    span(good ? "figure" : "figure bad", event.status ?? word("noAnswer")),
    span("figure", event.ms === null ? "" : `${event.ms} ms`),
  );
  return summary;
}

function fieldsOf(event) {
  const lines = Object.entries(event.form).map(([name, value]) => `${name} = ${value}\n`);
  return pre([lines.join("") || "—"]);
}

function documentOf(event) {
  const parsed = new DOMParser().parseFromString(event.twiml, "application/xml");
  if (parsed.querySelector("parsererror")) return pre([event.twiml || event.text]);
  return pre(markup(parsed.documentElement, 0));
}

// One element a line, names and values in their colours; never as HTML.
function markup(element, depth) {
  const indent = "  ".repeat(depth);
  const parts = [indent, "<", span("tag", element.tagName)];
  for (const { name, value } of element.attributes) {
    parts.push(` ${name}="`, span("value", value), '"');
  }
  if (element.childNodes.length === 0) return [...parts, "/>\n"];
  if (element.children.length === 0) {
    return [...parts, ">", element.textContent, "</", span("tag", element.tagName), ">\n"];
  }
  parts.push(">\n");
  for (const child of element.childNodes) {
    const text = child.nodeType === Node.ELEMENT_NODE ? null : child.textContent.trim();
    if (text === null) parts.push(...markup(child, depth + 1));
    else if (text) parts.push(`${indent}  ${text}\n`);
  }
  return [...parts, indent, "</", span("tag", element.tagName), ">\n"];
}

function heading(name) {
  const element = document.createElement("h3");
  element.dataset.text = name;
  element.textContent = word(name);
  return element;
}

function span(look, text) {
  const element = document.createElement("span");
  element.className = look;
  element.textContent = text;
  return element;
}

function pre(parts) {
  const element = document.createElement("pre");
  element.tabIndex = 0;
  element.append(...parts);
  return element;
}
