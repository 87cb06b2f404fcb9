/* The desk's own script: keys, drafts, live updates. Every page works without it. */
"use strict";
(() => {
  const body = document.body;
  const who = body.dataset.who;
  if (!who) return; // at the door there is nothing to do
  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window: no drafts */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
  };

  /* Drafts: what is typed stays on this computer until it is saved or the rep signs out. */
  const draftKey = (name) => `draft ${who} ${name}`;
  const [savedNumber, ...savedFields] = (body.dataset.saved || "").split(" ");
  for (const field of savedFields) store.drop(draftKey(`${savedNumber} ${field}`));
  const opened = (element) => { const sheet = element.closest("details"); if (sheet) sheet.open = true; };
  for (const area of all("[data-draft]")) {
    const kept = store.get(draftKey(area.dataset.draft));
    if (kept && !area.value) { area.value = kept; opened(area); }
  }
  document.addEventListener("input", (event) => {
    const name = event.target.dataset.draft;
    if (!name) return;
    if (event.target.value) store.set(draftKey(name), event.target.value);
    else store.drop(draftKey(name));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; } // pressed twice
    form.dataset.sent = "yes";
    if ("signOut" in form.dataset) {
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(`draft ${who} `)) store.drop(key);
      } catch { /* private window: there are none */ }
    }
  });
  addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });

  /* Keys. One letter does what its button does; they can be turned off (WCAG 2.1.4). */
  const single = one("#single-keys");
  single.checked = store.get("single keys") !== "off";
  single.addEventListener("change", () => store.set("single keys", single.checked ? "on" : "off"));
  const help = one("#help");
  one("#help-open").addEventListener("click", () => help.showModal());
  const shown = (element) => element.getClientRects().length > 0;
  function press(key) {
    const row = document.activeElement.closest(".row") || document;
    const target = one(`[data-key="${key}"]`, row) || all(`[data-key="${key}"]`).find(shown);
    if (!target) return false;
    if (target.matches("input, textarea")) { opened(target); target.focus(); target.select?.(); return true; }
    if (!target.matches("summary")) { target.click(); return true; }
    target.parentElement.open = true;
    one("select, textarea", target.parentElement).focus();
    return true;
  }
  function move(by) {
    const links = all(".row-link").filter(shown);
    if (!links.length) return false;
    const row = document.activeElement.closest(".row, .tile");
    const at = row ? links.indexOf(one(".row-link", row)) : -1;
    const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  let going = 0;
  function go(key) {
    const link = one(`[data-go="g ${key}"]`);
    if (link) link.click();
    return Boolean(link);
  }
  const moves = { j: 1, k: -1 };
  function handled(key) {
    if (going && Date.now() - going < 1500) { going = 0; return go(key); }
    if (key === "g") { going = Date.now(); return true; }
    if (key === "?") { help.showModal(); return true; }
    return key in moves ? move(moves[key]) : press(key);
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (typing && event.key === "Escape") { event.target.blur(); return; }
    const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (typing || modified || help.open || !single.checked || event.key.length !== 1) return;
    if (handled(event.key)) event.preventDefault();
  });

  /* Live updates: the stream says what changed; the page fetches that part again. */
  const pulse = one("#pulse");
  const parts = () => all("[data-live], [data-live-ticket]");
  const waiting = new Map();
  const refresh = (part) => {
    clearTimeout(waiting.get(part));
    waiting.set(part, setTimeout(() => window.htmx.trigger(part, "live"), 120));
  };
  function touches(part, news) {
    if (part.dataset.liveTicket) return part.dataset.liveTicket === news.ticket;
    const queues = part.dataset.live.split(" ");
    const mine = String(news.by) === part.dataset.liveMine;
    const listed = Boolean(one(`[data-number="${news.ticket}"]`, part));
    return mine || listed || queues.includes("*") || news.queues.some((queue) => queues.includes(queue));
  }
  document.addEventListener("htmx:after:swap", () => {
    const ticket = one("#ticket");
    if (!ticket) return;
    // A form nobody has typed in may go on with the ticket as it is now; one with text must ask.
    for (const version of all('input[name="version"]')) {
      const area = one("textarea", version.form);
      if (!area || !area.value) version.value = ticket.dataset.version;
    }
  });
  const announce = (words) => { one("#announce").textContent = words; };
  function heard(news) {
    const touched = parts().filter((part) => touches(part, news));
    touched.forEach(refresh);
    const about = touched.some((part) => part.dataset.liveTicket);
    if (touched.length) announce(about ? body.dataset.ticketChanged : body.dataset.listChanged);
  }
  let polling = 0;
  function say(state) {
    if (pulse.dataset.state !== state) pulse.dataset.state = state;
    clearInterval(polling);
    polling = state === "paused" ? setInterval(() => parts().forEach(refresh), 10000) : 0;
  }
  let lost = false;
  let source = null;
  let again = 0;
  let tries = 0;
  function pause() {
    lost = true;
    if (pulse.dataset.state !== "paused") say("paused");
  }
  function listen() {
    clearTimeout(again);
    source = new EventSource(body.dataset.stream, { withCredentials: true });
    source.addEventListener("ready", () => {
      if (lost) parts().forEach(refresh);
      lost = false;
      tries = 0;
      say("on");
    });
    source.addEventListener("ticket", (event) => heard(JSON.parse(event.data)));
    source.addEventListener("paused", pause);
    source.addEventListener("error", () => {
      pause();
      source.close(); // our own pace, so that a hundred desks do not come back in one second
      tries += 1;
      again = setTimeout(listen, Math.min(8000, 500 * 2 ** tries) * (0.5 + Math.random() / 2));
    });
  }
  if (body.dataset.stream) listen();
  else pause();
  addEventListener("pagehide", () => { if (source) source.close(); clearTimeout(again); });
  addEventListener("pageshow", (event) => { if (event.persisted && body.dataset.stream) listen(); });
})();
