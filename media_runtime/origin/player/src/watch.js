// The page: follows the title, plays it by the chosen engine, and keeps state, controls and panel in step.
import { playDash } from "./dash.js";
import { playHls } from "./hls.js";
import { keys } from "./keys.js";
import { menus } from "./menus.js";
import { panel } from "./panel.js";
import { seekBar } from "./seekbar.js";
import { stageControls } from "./stage.js";
import { forgetPlayback, state } from "./state.js";
import { followTitle } from "./title.js";
import { readThumbnails } from "./thumbnails.js";

const ENGINES = { hls: playHls, dash: playDash };

const byId = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const asset = location.pathname.split("/").pop();
// With its path parameters: a token stays in every URL below.
const base = new URL(`../vod/${asset}`, location.href).href;

const video = byId("video");
const stage = byId("stage");
const seek = seekBar(video, { length, playable });
const menu = menus();
const controls = stageControls(video);
const figures = panel(video);

let engine = null;
let starting = false;

state.asset = decodeURIComponent(asset).split(";")[0];
state.engine = query.get("engine") === "dash" ? "dash" : "hls";
state.chooseRung = (name) => {
  state.auto = name === null;
  engine?.chooseRung(name);
  menu.draw();
};
state.chooseSound = (id) => engine?.chooseSound(id);
state.chooseEngine = (name) => start(name, video.currentTime);
byId("name").textContent = state.asset;
document.title = `${state.asset} · StreamVerse`;

function length() {
  return state.title?.durationSeconds || (Number.isFinite(video.duration) ? video.duration : 0);
}

function playable() {
  return state.title?.state === "Complete" ? length() : (state.title?.playableSeconds ?? 0);
}

// Playback

async function start(name, at) {
  if (starting) return;
  starting = true;
  try {
    await engine?.destroy();
    engine = null;
    forgetPlayback();
    state.engine = name;
    for (const button of document.querySelectorAll("[data-engine]")) {
      button.setAttribute("aria-pressed", String(button.dataset.engine === name));
    }
    history.replaceState(null, "", withEngine(name));
    const began = performance.now();
    video.addEventListener("loadeddata", () => {
      state.ready = true;
      state.firstFrameMillis = Math.round(performance.now() - began);
    }, { once: true });
    const manifest = state.title[name];
    if (!manifest) {
      explain("Not packaged so", `This title is not packaged as ${name.toUpperCase()}. Choose the other protocol above.`);
      return;
    }
    explain(null);
    engine = await ENGINES[name](video, `${base}/${manifest}`, { start: at, on: heard });
    if (query.get("autoplay") !== "0") await video.play().catch(() => {});
  } catch (error) {
    if (state.errors.length === 0) heard.error({ fatal: true, what: String(error) });
  } finally {
    starting = false;
    draw();
  }
}

// Frees the element too. While it starts there is nothing to stop yet; the next look at the title stops it.
async function stop() {
  if (starting) return;
  await engine?.destroy();
  engine = null;
}

function withEngine(name) {
  query.set("engine", name);
  return `${location.pathname}?${query}`;
}

const heard = {
  ladder(rungs) {
    // The engines know a rung's rate with sound, or its peak; the origin knows its own average.
    const own = new Map(state.title.renditions.map((r) => [r.name, r.averageKbps]));
    state.rungs = rungs.map((r) => ({ ...r, kbps: own.get(r.name) ?? r.kbps }));
    draw();
  },
  sounds(sounds, active) { Object.assign(state, { sounds, sound: active }); menu.draw(); },
  rung(name) {
    if (state.rung === name) return;
    if (state.rung !== null) state.switches += 1;
    state.rung = name;
    draw();
  },
  error(error) {
    state.errors.push({ engine: state.engine, ...error });
    figures.figures();
    if (error.fatal && !state.ready && state.title?.state !== "Failed") explain("This does not play", error.what);
  },
};

video.addEventListener("waiting", () => {
  const nearEnd = length() - video.currentTime < 0.5;
  if (!state.ready || video.seeking || nearEnd || video.currentTime === 0) return;
  const growing = state.title?.state !== "Complete";
  if (growing && playable() - video.currentTime < 1) state.waits += 1;
  else state.stalls += 1;
});
video.addEventListener("ended", () => { state.ended = true; });
video.addEventListener("playing", () => { state.ended = false; });

// The title

let thumbnailsOf = "";

function seen(title) {
  const before = state.title;
  state.title = title;
  if (state.rungs.length) heard.ladder(state.rungs);
  const growing = title.state === "Waiting" || title.state === "Encoding";
  stage.dataset.growing = String(growing);
  byId("state").hidden = !growing;
  byId("state").textContent = `Encoding · ${Math.floor((100 * title.playableSeconds) / (title.durationSeconds || 1))} %`;
  if (title.poster && !video.poster) video.poster = `${base}/${title.poster}`;
  if (title.thumbnails && thumbnailsOf !== title.revision) {
    thumbnailsOf = title.revision;
    readThumbnails(`${base}/${title.thumbnails}`).then(seek.show);
  }
  if (title.state === "Failed") {
    stop();
    explain("This title failed", `${[title.reason, title.message].filter(Boolean).join(": ")}. What was made of it is not offered.`, hints());
  } else if (title.state === "Waiting") {
    explain("Being encoded", "The first segments are not there yet. Playback begins by itself, usually within seconds.");
  } else if (!before || before.state === "Waiting" || before.state === "Failed") {
    start(state.engine, Number(query.get("t")) || 0);
  }
  seek.draw();
}

function failed(error) {
  if (state.title) return;
  if (error.status === 404) {
    explain("No such title", `Nothing is published as ${state.asset}. If it is being made, this page will begin to play it.`, hints());
  } else {
    explain("The origin cannot say", `${error.message}. Trying again.`);
  }
}

// Commands that say more.
function hints() {
  const [tenant, name] = state.asset.includes(".") ? state.asset.split(".") : ["", state.asset];
  return [
    `kubectl get mediaassets,transcodejobs ${tenant ? `-n ${tenant}` : "-A"}`,
    `streamverse status transcodejob/${name}${tenant ? ` -n ${tenant}` : ""}`,
  ];
}

function explain(title, text = "", hints = []) {
  controls.explain(title === null ? null : { title, text, hints });
  draw();
}

// Controls

function draw() {
  controls.draw();
  menu.draw();
  figures.ladder();
  figures.figures();
  seek.draw();
}

for (const button of document.querySelectorAll("[data-engine]")) {
  button.addEventListener("click", () => {
    if (button.dataset.engine !== state.engine && state.title) start(button.dataset.engine, video.currentTime);
  });
}
keys({
  toggle: controls.toggle,
  step: (by) => seek.seek(video.currentTime + by),
  jump: (part) => seek.seek(part * length()),
  louder: controls.louder,
  mute: controls.mute,
  full: controls.full,
  panel: controls.togglePanel,
});

setInterval(() => {
  const quality = video.getVideoPlaybackQuality();
  state.droppedFrames = quality.droppedVideoFrames;
  state.decodedFrames = quality.totalVideoFrames;
  state.estimateKbps = engine?.estimateKbps() ?? 0;
  const now = video.currentTime;
  const ahead = [...Array(video.buffered.length).keys()].find(
    (i) => video.buffered.start(i) <= now + 0.1 && now <= video.buffered.end(i));
  state.bufferSeconds = ahead === undefined ? 0 : video.buffered.end(ahead) - now;
  figures.figures();
  figures.chart();
}, 500);

if (query.get("muted") === "1") video.muted = true;
draw();
followTitle(base, seen, failed);
