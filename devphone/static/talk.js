// The call as a conversation, and the text messages below it.

import { word } from "./words.js";

const talk = document.getElementById("talk");
const texts = document.getElementById("texts");

// kind of event -> the bubble's class and its words; kinds that are not here say nothing to a caller
const BUBBLES = {
  said: (event) => ["theirs", event.text],
  played: (event) => ["news", `${word("plays")} ${event.text.split("/").pop()}`],
  pressed: (event) => ["mine keys", event.text],
  spoke: (event) => ["mine", event.text],
  silence: () => ["news", word("silence")],
  recording: () => ["news", word("recording")],
  queued: (event) => ["news", `${word("queued")} ${event.text}`],
  "put through": (event) => ["news", `${word("putThrough")} ${event.text}`],
  "hung up": (event) => ["news", `${word("ended")} (${event.text})`],
  error: (event) => ["news trouble", event.text],
};

export function clear() {
  talk.replaceChildren();
}

export function show(event) {
  const bubble = BUBBLES[event.kind];
  if (bubble === undefined) return;
  const [look, text] = bubble(event);
  const last = talk.lastElementChild;
  if (event.kind === "pressed" && last?.className === look) {
    last.textContent += text;
  } else {
    talk.append(item(look, text, event.language));
  }
  talk.scrollTop = talk.scrollHeight;
}

export function complain(text) {
  talk.append(item("news trouble", text));
  talk.scrollTop = talk.scrollHeight;
}

export function showTexts(messages) {
  document.getElementById("no-texts").hidden = messages.length > 0;
  if (messages.length === texts.children.length) return;
  for (const message of messages.slice(texts.children.length)) {
    texts.append(item(message.direction === "inbound" ? "mine" : "theirs", message.body));
  }
  texts.scrollTop = texts.scrollHeight;
}

export function clearTexts() {
  texts.replaceChildren();
}

function item(look, text, language) {
  const element = document.createElement("p");
  element.className = look;
  element.textContent = text;
  if (language) element.lang = language;
  return element;
}
