// The dial pad: wires the phone's controls to the line, and follows the call.

import * as line from "./line.js";
import * as machines from "./machines.js";
import * as talk from "./talk.js";
import * as voice from "./voice.js";
import { speakPage, tell, word } from "./words.js";

const TEXTS_EVERY_MS = 3000;
const RINGING_EVERY_MS = 1000;
const TRIES_AGAIN_MS = 1000;
const LINE = document.body.dataset.line;

const $ = (id) => document.getElementById(id);
const keys = [...document.querySelectorAll("[data-key]")];

let call = null; // the sid of the call that is going on, or of one that rings here
let answering = false; // it rings here and nobody has picked up
let since = null; // when it was answered, for the timer

function number() {
  return $("from").value || $("other").value.replace(/[^+\d]/g, "");
}

function shown(e164) {
  return e164.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
}

function showState(name) {
  tell($("state"), name);
  const live = call !== null && !answering;
  for (const control of [...keys, $("words"), $("say"), $("silence"), $("microphone")]) control.disabled = !live;
  $("setup").hidden = call !== null;
  $("call").hidden = live;
  tell($("call"), answering ? "answer" : "call");
  $("hang-up").hidden = call === null;
  $("timer").hidden = since === null;
}

function showListening(listening) {
  const ways = listening?.input.map(word).join(word("and"));
  $("hearing").textContent = ways ? `${word("hears")} ${ways}` : "";
}

async function tryTo(deed) {
  try {
    return await deed();
  } catch (error) {
    talk.complain(error instanceof TypeError ? word("trouble") : error.message);
    return null;
  }
}

async function follow(sid) {
  let after = 0;
  while (call === sid) {
    const told = await line.news(sid, after).catch(() => null);
    if (told === null) {
      await new Promise((resolve) => setTimeout(resolve, TRIES_AGAIN_MS));
      continue;
    }
    for (const event of told.events) notice(event);
    after += told.events.length;
    showListening(told.listening);
    if (told.events.some((one) => one.kind === "hung up")) end();
    else if (told.state === "in-progress") start();
  }
}

function notice(event) {
  talk.show(event);
  machines.show(event);
  voice.read(event);
}

function start() {
  if (since !== null) return;
  since = Date.now();
  showState("talking");
}

function end() {
  call = null;
  answering = false;
  since = null;
  showListening(null);
  showState("over");
}

function take(sid, state) {
  call = sid;
  talk.clear();
  machines.clear();
  showState(state);
  follow(sid);
}

async function callOrAnswer() {
  if (answering) {
    answering = false;
    await tryTo(() => line.act(call, "answer"));
    take(call, "talking");
    return;
  }
  talk.clear();
  const sid = await tryTo(() => line.dial(number(), LINE, $("ear").value));
  if (sid !== null) take(sid, "dialing");
}

function hangUp() {
  voice.hush();
  const sid = call;
  if (answering) end();
  return tryTo(() => line.act(sid, "hangup"));
}

function press(key) {
  if (call === null || answering) return;
  voice.hush();
  tryTo(() => line.act(call, "press", { digits: key }));
}

function speak(words, confidence) {
  if (call === null || !words.trim()) return;
  voice.hush();
  tryTo(() => line.act(call, "speak", { words: words.trim(), ...(confidence ? { confidence } : {}) }));
}

async function lookForTexts() {
  const messages = await line.textsOf(number()).catch(() => null);
  if (messages !== null) talk.showTexts(messages);
}

async function lookForCalls() {
  if (call !== null || !$("rings-here").checked) return;
  const [ringing] = await line.callsRingingAt(number()).catch(() => []);
  if (ringing === undefined || call !== null) return;
  call = ringing.call;
  answering = true;
  showState("incoming");
}

function changeNumber() {
  const option = $("from").selectedOptions[0];
  $("other-label").hidden = option.value !== "";
  if (option.dataset.ear) $("ear").value = option.dataset.ear;
  $("rings-here").checked = false;
  talk.clearTexts();
  lookForTexts();
}

function tick() {
  if (since === null) return;
  const seconds = Math.floor((Date.now() - since) / 1000);
  $("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function onKeyboard(event) {
  const typing = event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey;
  const button = keys.find((one) => one.dataset.key === event.key);
  if (typing || !button || button.disabled) return;
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 120);
  press(event.key);
}

for (const button of keys) button.addEventListener("click", () => press(button.dataset.key));
for (const button of document.querySelectorAll("[data-page-language]")) {
  button.addEventListener("click", () => speakPage(button.dataset.pageLanguage));
}
document.addEventListener("keydown", onKeyboard);
$("call").addEventListener("click", callOrAnswer);
$("hang-up").addEventListener("click", hangUp);
$("silence").addEventListener("click", () => tryTo(() => line.act(call, "wait")));
$("from").addEventListener("change", changeNumber);
$("other").addEventListener("change", changeNumber);
$("setup").addEventListener("submit", (event) => event.preventDefault());
$("rings-here").addEventListener("change", ({ target }) =>
  tryTo(() => line.setPhone(number(), target.checked ? "rings" : "answers")),
);
$("sound").addEventListener("click", ({ target }) => {
  const wanted = target.getAttribute("aria-pressed") !== "true";
  target.setAttribute("aria-pressed", String(wanted));
  voice.readAloud(wanted);
});
$("speak").addEventListener("submit", (event) => {
  event.preventDefault();
  speak($("words").value);
  $("words").value = "";
});
$("send-text").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = $("body").value.trim();
  if (!body) return;
  $("body").value = "";
  await tryTo(() => line.sendText(number(), LINE, body));
  lookForTexts();
});
voice.connectMicrophone($("microphone"), () => $("ear").value, speak);
setInterval(tick, 500);
setInterval(lookForTexts, TEXTS_EVERY_MS);
setInterval(lookForCalls, RINGING_EVERY_MS);

speakPage(navigator.language.startsWith("es") ? "es" : "en");
$("line-number").textContent = shown(LINE);
showState("idle");
lookForTexts();
