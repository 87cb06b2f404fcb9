// The phones' API, a function for each thing a phone can do. See phone_api.py.

const WAIT_S = 20;

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return told;
}

export async function dial(from, to, language) {
  return (await ask("POST", "/phone/calls", { from, to, language })).call;
}

export function news(call, after) {
  return ask("GET", `/phone/calls/${call}?after=${after}&wait=${WAIT_S}`);
}

export function act(call, deed, body = {}) {
  return ask("POST", `/phone/calls/${call}/${deed}`, body);
}

export async function callsRingingAt(number) {
  const { calls } = await ask("GET", `/phone/calls?number=${encodeURIComponent(number)}`);
  return calls.filter((call) => call.state === "ringing" && call.direction !== "inbound");
}

export async function textsOf(number) {
  return (await ask("GET", `/phone/messages?to=${encodeURIComponent(number)}`)).messages;
}

export function sendText(from, to, body) {
  return ask("POST", "/phone/messages", { from, to, body });
}

export function setPhone(number, behaviour) {
  return ask("POST", "/phone/numbers", { number, behaviour });
}
