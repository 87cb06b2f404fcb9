// The page's words in both languages. Elements name theirs by data-text, data-label
// (its aria-label), data-placeholder or data-hint-word.

const WORDS = {
  en: {
    title: "Dial pad",
    tagline: "A stand-in phone: nothing here reaches a real one.",
    pageLanguage: "Language of this page",
    phone: "Phone",
    hint: "Call, then speak or press keys.",
    idle: "Ready to call",
    dialing: "Calling…",
    ringing: "Ringing…",
    incoming: "Incoming call",
    talking: "On the line",
    over: "The call is over",
    from: "Call from",
    deskPhone: "801-555-0100 (rep’s desk)",
    otherNumber: "Another number",
    numberToUse: "Number, with +1",
    ear: "Language spoken",
    ringsHere: "Calls to this number ring here",
    transcript: "What was said",
    whatToSay: "What to say",
    microphone: "Speak with the microphone",
    say: "Say it",
    keys: "Keys",
    staySilent: "Stay silent",
    call: "Call",
    answer: "Answer",
    hangUp: "Hang up",
    readAloud: "Read aloud",
    texts: "Text messages",
    noTexts: "Texts to this phone appear here.",
    textToSend: "Text to the line",
    sendText: "Send the text",
    machines: "What the machines said",
    noMachines: "Each webhook of a call appears here, with its answer.",
    hears: "The line listens for",
    dtmf: "keys",
    speech: "words",
    and: " and ",
    silence: "(silence)",
    plays: "♪",
    putThrough: "Put through to",
    queued: "In line for",
    recording: "Recording",
    ended: "The call has ended",
    noAnswer: "no answer",
    sent: "Sent",
    answered: "Answered",
    trouble: "The phone network does not answer.",
  },
  es: {
    title: "Teclado",
    tagline: "Un teléfono de prueba: nada de aquí llega a uno real.",
    pageLanguage: "Idioma de esta página",
    phone: "Teléfono",
    hint: "Llame; luego hable o pulse teclas.",
    idle: "Listo para llamar",
    dialing: "Llamando…",
    ringing: "Sonando…",
    incoming: "Llamada entrante",
    talking: "En línea",
    over: "La llamada terminó",
    from: "Llamar desde",
    deskPhone: "801-555-0100 (mesa del agente)",
    otherNumber: "Otro número",
    numberToUse: "Número, con +1",
    ear: "Idioma hablado",
    ringsHere: "Las llamadas a este número suenan aquí",
    transcript: "Lo que se dijo",
    whatToSay: "Qué decir",
    microphone: "Hablar por el micrófono",
    say: "Decirlo",
    keys: "Teclas",
    staySilent: "Callar",
    call: "Llamar",
    answer: "Contestar",
    hangUp: "Colgar",
    readAloud: "Leer en voz alta",
    texts: "Mensajes de texto",
    noTexts: "Aquí aparecen los mensajes a este teléfono.",
    textToSend: "Mensaje a la línea",
    sendText: "Enviar el mensaje",
    machines: "Lo que dijeron las máquinas",
    noMachines: "Aquí aparece cada webhook de la llamada, con su respuesta.",
    hears: "La línea espera",
    dtmf: "teclas",
    speech: "palabras",
    and: " y ",
    silence: "(silencio)",
    plays: "♪",
    putThrough: "Comunicado con",
    queued: "En espera de",
    recording: "Grabando",
    ended: "La llamada ha terminado",
    noAnswer: "sin respuesta",
    sent: "Enviado",
    answered: "Respondido",
    trouble: "La red telefónica no responde.",
  },
};

let language = "en";

export function word(name) {
  return WORDS[language][name];
}

export function speakPage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = word(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.placeholder = word(element.dataset.placeholder);
  }
  for (const element of document.querySelectorAll("[data-hint-word]")) {
    element.dataset.hint = word(element.dataset.hintWord);
  }
  for (const button of document.querySelectorAll("[data-page-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pageLanguage === chosen));
  }
}

// Change an element's word and let it follow the page's language from then on.
export function tell(element, name) {
  element.dataset.text = name;
  element.textContent = word(name);
}
