// The seek bar of a channel: what can be sought, as times of day; its right end is now.
import { clock } from "./clock.js";

const byId = (id) => document.getElementById(id);
const AT_LIVE_MILLIS = 1500;

// `where()` gives { from, to, at, target } in Unix milliseconds, or null; `seek(millis)` and `live()` act.
export function liveBar({ where, seek, live }) {
  const bar = byId("seek");
  const preview = byId("preview");
  let dragging = false;

  const timeOf = (millis) => new Date(millis).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

  function momentAt(event) {
    const span = where();
    if (!span) return null;
    const box = bar.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return span.from + part * (span.to - span.from);
  }

  function go(moment) {
    const span = where();
    if (moment === null || !span) return;
    if (moment >= span.to - AT_LIVE_MILLIS) live();
    else seek(Math.max(moment, span.from));
  }

  function draw(behindMillis, atLive) {
    const span = where();
    byId("live").dataset.live = String(atLive);
    byId("live").setAttribute("aria-label", atLive ? "Live" : "Back to live");
    byId("live").title = atLive ? "You see what is on air now" : "Back to live (End)";
    if (!span) return;
    const percent = (moment) => `${Math.min(100, Math.max(0, (100 * (moment - span.from)) / (span.to - span.from || 1)))}%`;
    byId("rail-played").style.width = atLive ? "100%" : percent(span.at);
    byId("knob").style.left = atLive ? "100%" : percent(span.at);
    byId("now").textContent = timeOf(span.at);
    byId("behind").textContent = atLive ? "" : `−${clock(behindMillis / 1000)}`;
    byId("from").textContent = `since ${timeOf(span.from)}`;
    bar.setAttribute("aria-valuemin", Math.round(span.from / 1000));
    bar.setAttribute("aria-valuemax", Math.round(span.to / 1000));
    bar.setAttribute("aria-valuenow", Math.round(span.at / 1000));
    bar.setAttribute("aria-valuetext", atLive ? "live" : `${clock(behindMillis / 1000)} behind live`);
  }

  bar.addEventListener("pointermove", (event) => {
    const moment = momentAt(event);
    if (moment === null) return;
    const box = bar.getBoundingClientRect();
    preview.hidden = false;
    preview.style.left = `${Math.min(Math.max(event.clientX - box.left, 40), box.width - 40)}px`;
    byId("preview-time").textContent = timeOf(moment);
    if (dragging) go(moment);
  });
  bar.addEventListener("pointerleave", () => { preview.hidden = true; });
  bar.addEventListener("pointerdown", (event) => {
    dragging = true;
    bar.setPointerCapture(event.pointerId);
    go(momentAt(event));
  });
  for (const what of ["pointerup", "pointercancel"]) bar.addEventListener(what, () => { dragging = false; });

  return { draw };
}
