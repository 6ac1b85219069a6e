// The two menus, quality and audio: buttons that open a list of radio items.
import { rate } from "./clock.js";
import { state } from "./state.js";

const byId = (id) => document.getElementById(id);

function menu(name) {
  const button = byId(`${name}-button`);
  const list = byId(`${name}-menu`);
  const close = () => { list.hidden = true; button.setAttribute("aria-expanded", "false"); };
  button.addEventListener("click", () => {
    const open = list.hidden;
    document.dispatchEvent(new Event("close-menus"));
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) (list.querySelector("[aria-checked=true]") ?? list.firstElementChild)?.focus({ preventScroll: true });
  });
  document.addEventListener("close-menus", close);
  document.addEventListener("click", (event) => {
    if (!button.parentElement.contains(event.target)) close();
  });
  list.addEventListener("keydown", (event) => {
    const items = [...list.children];
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (event.key === "Escape") { close(); button.focus(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { button, list, close };
}

function item(label, note, checked, choose) {
  const element = document.createElement("button");
  element.type = "button";
  element.setAttribute("role", "menuitemradio");
  element.setAttribute("aria-checked", String(checked));
  element.append(label);
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    element.append(small);
  }
  element.addEventListener("click", choose);
  return element;
}

const CHANNELS = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" };

export function menus() {
  const rungs = menu("rung");
  const sounds = menu("sound");

  function draw() {
    const shown = state.rung ?? "";
    rungs.button.textContent = state.auto ? `Auto${shown ? ` · ${shown}` : ""}` : shown;
    rungs.button.setAttribute("aria-label", `Quality: ${rungs.button.textContent}`);
    rungs.button.hidden = state.rungs.length === 0;
    const choose = (name) => () => { state.chooseRung(name); rungs.close(); rungs.button.focus(); };
    const down = [...state.rungs].sort((a, b) => b.kbps - a.kbps);
    rungs.list.replaceChildren(
      item("Auto", "", state.auto, choose(null)),
      ...down.map((r) => item(r.name, `${r.width}×${r.height} · ${rate(r.kbps)}`, !state.auto && r.name === state.rung, choose(r.name))),
    );
    sounds.button.hidden = state.sounds.length < 2;
    const now = state.sounds.find((s) => s.id === state.sound);
    sounds.button.textContent = now ? now.label : "Audio";
    sounds.list.replaceChildren(
      ...state.sounds.map((s) => item(s.label, CHANNELS[s.channels] ?? "", s.id === state.sound, () => {
        state.chooseSound(s.id);
        sounds.close();
        sounds.button.focus();
      })),
    );
  }

  return { draw };
}
