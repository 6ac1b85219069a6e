// The page: follows the title, plays it by the chosen engine, and keeps state, controls and panel in step.
import { playDash } from "./dash.js";
import { playHls } from "./hls.js";
import { keys } from "./keys.js";
import { menus } from "./menus.js";
import { panel } from "./panel.js";
import { asset, playback, query } from "./playback.js";
import { seekBar } from "./seekbar.js";
import { stageControls } from "./stage.js";
import { state } from "./state.js";
import { followTitle } from "./title.js";
import { readThumbnails } from "./thumbnails.js";

const ENGINES = { hls: playHls, dash: playDash };

const byId = (id) => document.getElementById(id);
const base = new URL(`../vod/${asset}`, location.href).href;

const video = byId("video");
const stage = byId("stage");
const seek = seekBar(video, { length, playable });
const menu = menus();
const controls = stageControls(video);
const figures = panel(video);

const playing = playback(video, {
  play,
  menu,
  draw,
  hear: (heard) => ({
    ladder(rungs) {
      // The engines know a rung's rate with sound, or its peak; the origin knows its own average.
      const own = new Map(state.title.renditions.map((r) => [r.name, r.averageKbps]));
      heard.ladder(rungs.map((r) => ({ ...r, kbps: own.get(r.name) ?? r.kbps })));
    },
    error(error) {
      heard.error(error);
      figures.figures();
      if (error.fatal && !state.ready && state.title?.state !== "Failed") explain("This does not play", error.what);
    },
  }),
});
playing.offer((name) => { if (state.title) playing.start(name, video.currentTime); });
document.title = `${state.asset} · StreamVerse`;

function length() {
  return state.title?.durationSeconds || (Number.isFinite(video.duration) ? video.duration : 0);
}

function playable() {
  return state.title?.state === "Complete" ? length() : (state.title?.playableSeconds ?? 0);
}

// Playback

async function play(name, from) {
  const manifest = state.title[name];
  if (!manifest) {
    explain("Not packaged so", `This title is not packaged as ${name.toUpperCase()}. Choose the other protocol above.`);
    return null;
  }
  explain(null);
  return ENGINES[name](video, `${base}/${manifest}`, { start: from, on: playing.heard });
}

video.addEventListener("waiting", () => {
  const nearEnd = length() - video.currentTime < 0.5;
  if (!state.ready || video.seeking || nearEnd || video.currentTime === 0) return;
  const growing = state.title?.state !== "Complete";
  if (growing && playable() - video.currentTime < 1) state.waits += 1;
  else state.stalls += 1;
});

// The title

let thumbnailsOf = "";

function seen(title) {
  const before = state.title;
  state.title = title;
  if (state.rungs.length) playing.heard.ladder(state.rungs);
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
    playing.stop();
    explain("This title failed", `${[title.reason, title.message].filter(Boolean).join(": ")}. What was made of it is not offered.`, hints());
  } else if (title.state === "Waiting") {
    explain("Being encoded", "The first segments are not there yet. Playback begins by itself, usually within seconds.");
  } else if (!before || before.state === "Waiting" || before.state === "Failed") {
    playing.start(state.engine, Number(query.get("t")) || 0);
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
  playing.measure();
  figures.figures();
  figures.chart();
}, 500);

draw();
followTitle(base, seen, failed);
