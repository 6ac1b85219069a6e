// The panel of what plays: figures, the ladder with the rung that is on screen, a minute of one figure.
import { rate } from "./clock.js";
import { state } from "./state.js";

const MINUTE = 60;
const BUFFER = { of: () => state.bufferSeconds, tallest: 40, marks: [10, 20, 30] };
const byId = (id) => document.getElementById(id);

// `low` is a buffer in seconds that is worth a warning; `charted` what the chart shows.
export function panel(video, { low = 3, charted = BUFFER } = {}) {
  const history = [];

  function tell(id, text, mood = "") {
    const element = byId(id);
    element.textContent = text;
    element.dataset.mood = mood;
  }

  function figures() {
    const rung = state.rungs.find((r) => r.name === state.rung);
    const size = video.videoWidth ? `${video.videoWidth}×${video.videoHeight}` : "–";
    tell("f-rung", state.rung ?? "–");
    tell("f-picture", rung?.frameRate ? `${size} · ${Number(rung.frameRate.toFixed(2))} fps` : size);
    tell("f-rate", rung ? rate(rung.kbps) : "–");
    tell("f-estimate", state.estimateKbps ? rate(state.estimateKbps) : "–");
    const rest = video.duration - video.currentTime;
    const scarce = state.ready && !video.paused && state.bufferSeconds < Math.min(low, rest - 0.5);
    tell("f-buffer", `${state.bufferSeconds.toFixed(1)} s`, scarce ? "warn" : "");
    tell("f-first", state.firstFrameMillis === null ? "–" : `${state.firstFrameMillis} ms`);
    tell("f-dropped", `${state.droppedFrames} of ${state.decodedFrames}`, state.droppedFrames > state.decodedFrames / 50 ? "warn" : "");
    tell("f-stalls", String(state.stalls), state.stalls ? "warn" : "good");
    if (byId("f-switches")) tell("f-switches", String(state.switches));
    tell("f-errors", String(state.errors.length), state.errors.length ? "bad" : "good");
    const last = state.errors.at(-1);
    byId("last-error").hidden = !last;
    byId("last-error").textContent = last ? `Last error: ${last.what}` : "";
  }

  function ladder() {
    const down = [...state.rungs].sort((a, b) => b.kbps - a.kbps);
    const top = down[0]?.kbps ?? 1;
    byId("ladder").replaceChildren(...down.map((r) => {
      const row = document.createElement("li");
      const button = document.createElement("button");
      const [name, meter, kbps] = ["span", "progress", "span"].map((tag) => document.createElement(tag));
      button.type = "button";
      button.title = `Play ${r.name} only`;
      button.setAttribute("aria-current", String(r.name === state.rung));
      name.textContent = r.name;
      // By the root, or the low rungs could not be seen beside the top one.
      meter.value = Math.sqrt(r.kbps / top);
      meter.setAttribute("aria-hidden", "true");
      kbps.textContent = rate(r.kbps);
      button.append(name, meter, kbps);
      button.addEventListener("click", () => state.chooseRung(r.name));
      row.append(button);
      return row;
    }));
  }

  function chart() {
    history.push(charted.of());
    if (history.length > MINUTE * 2) history.shift();
    const canvas = byId("history");
    const dense = window.devicePixelRatio || 1;
    const [w, h] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = w * dense;
    canvas.height = h * dense;
    const draw = canvas.getContext("2d");
    draw.scale(dense, dense);
    const tallest = Math.max(charted.tallest, ...history);
    const x = (i) => w - (history.length - 1 - i) * (w / (MINUTE * 2 - 1));
    const y = (seconds) => h - 1 - (seconds / tallest) * (h - 10);
    draw.font = "11px system-ui, sans-serif";
    for (const mark of charted.marks) {
      draw.fillStyle = "#232838";
      draw.fillRect(0, Math.round(y(mark)), w, 1);
      draw.fillStyle = "#6d768c";
      draw.fillText(`${mark} s`, 0, y(mark) - 4);
    }
    draw.beginPath();
    history.forEach((seconds, i) => (i ? draw.lineTo(x(i), y(seconds)) : draw.moveTo(x(i), y(seconds))));
    draw.lineWidth = 2;
    draw.strokeStyle = "#7b93ff";
    draw.stroke();
    draw.lineTo(x(history.length - 1), h);
    draw.lineTo(x(0), h);
    draw.closePath();
    draw.fillStyle = "#7b93ff2e";
    draw.fill();
  }

  return { figures, ladder, chart, tell };
}
