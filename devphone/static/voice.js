// Mouth and ear: prompts read aloud, words taken from the microphone, where the browser can.

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const REGION = { en: "en-US", es: "es-US" };

let aloud = false;

export function readAloud(wanted) {
  aloud = wanted;
  if (!wanted) hush();
}

export function read(event) {
  if (!aloud || event.kind !== "said" || !window.speechSynthesis) return;
  const utterance = new SpeechSynthesisUtterance(event.text);
  utterance.lang = event.language;
  window.speechSynthesis.speak(utterance);
}

// The caller acts: the prompt is cut short, as on the line.
export function hush() {
  window.speechSynthesis?.cancel();
}

export function connectMicrophone(button, language, heard) {
  if (!Recognition) return;
  button.hidden = false;
  let listening = null;
  button.addEventListener("click", () => {
    if (listening) {
      listening.stop();
      return;
    }
    hush();
    listening = new Recognition();
    listening.lang = REGION[language()];
    listening.addEventListener("result", ({ results }) => {
      const best = results[0][0];
      heard(best.transcript, best.confidence);
    });
    listening.addEventListener("end", () => {
      listening = null;
      button.setAttribute("aria-pressed", "false");
    });
    listening.start();
    button.setAttribute("aria-pressed", "true");
  });
}
