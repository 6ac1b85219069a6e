// A channel's page: follows the channel, plays it by the chosen engine, and says how late and why not.
import { clockAhead, followChannel } from "./channel.js";
import { keys } from "./keys.js";
import { liveBar } from "./live-bar.js";
import { playLiveDash } from "./live-dash.js";
import { playLiveHls } from "./live-hls.js";
import { menus } from "./menus.js";
import { panel } from "./panel.js";
import { asset, playback, query } from "./playback.js";
import { stageControls } from "./stage.js";
import { state } from "./state.js";
import { noChannel, offAir, onAir } from "./words.js";

const ENGINES = { hls: playLiveHls, dash: playLiveDash };
const AGAIN_MILLIS = 2000;
const STUCK_MILLIS = 12_000;

const byId = (id) => document.getElementById(id);
const base = new URL(`../../live/${asset}`, location.href).href;

const video = byId("video");
const menu = menus();
const stage = stageControls(video);
const bar = liveBar({ where, seek, live });
const figures = panel(video, {
  low: 0.3,
  charted: { of: () => (state.latencyMillis ?? 0) / 1000, tallest: 4, marks: [1, 2, 3] },
});

const playing = playback(video, {
  play,
  menu,
  draw,
  hear: (heard) => ({
    error(error) { heard.error(error); figures.figures(); },
    // The engine does not go on by itself: anew, where in the programme it was, as soon as the channel is there.
    lost() {
      resumeAt = state.atLive ? null : where()?.at ?? resumeAt;
      if (plays()) playing.start(state.engine); else playing.stop();
    },
    plays,
  }),
  failed: () => setTimeout(playing.heard.lost, AGAIN_MILLIS),
});
const { engine } = playing;
let ahead = 0;
let moved = { at: 0, when: performance.now() };
// Where in the programme a playback that began anew is to go on, Unix milliseconds; null is live.
let resumeAt = null;

state.seekTo = seek;
state.where = where;
playing.offer((name) => { if (plays()) playing.start(name); });
document.title = `${state.asset} · live · StreamVerse`;

// Playback

async function play(name, since) {
  moved = { at: 0, when: performance.now() };
  stage.explain(null);
  return ENGINES[name](video, base, { since, on: playing.heard });
}

function resume() {
  const span = where();
  if (resumeAt === null || !state.ready || !span) return;
  seek(Math.max(resumeAt, span.from));
  resumeAt = null;
}

function plays() {
  return state.told !== null && offAir(state.told, state.asset) === null;
}

video.addEventListener("waiting", () => {
  if (state.ready && !video.seeking && video.currentTime > 0) state.stalls += 1;
});

// Where and when. All in Unix milliseconds by the channel's own clock.

function where() {
  const range = engine()?.range();
  const epoch = engine()?.epoch();
  if (!range || epoch === null || epoch === undefined) return null;
  return { ...range, to: Math.max(range.to, range.from), at: epoch + video.currentTime * 1000 };
}

function seek(moment) {
  const epoch = engine()?.epoch();
  if (epoch === null || epoch === undefined) return;
  engine().seek((moment - epoch) / 1000);
}

function live() {
  resumeAt = null;
  if (query.has("since")) {
    query.delete("since");
    playing.start(state.engine);
    return;
  }
  const position = engine()?.livePosition();
  if (position) video.currentTime = position;
  video.play().catch(() => {});
}

function startOver() {
  const span = where();
  // A little later than the oldest, which may be gone before it has been asked for.
  if (span) seek(Math.min(span.from + 4000, span.to));
  video.play().catch(() => {});
}

// The channel

function seen(told) {
  const before = state.told;
  state.told = told;
  const words = offAir(told, state.asset);
  const air = onAir(told);
  byId("air-input").textContent = air.text;
  byId("air").dataset.mood = air.mood;
  byId("air").title = air.title ?? told.message ?? "";
  byId("state").hidden = words === null || !state.ready;
  byId("state").textContent = words?.title ?? "";
  if (words) {
    // What is buffered is still shown; the words come over the picture when it has run out.
    if (!state.ready || video.readyState < 3) stage.explain(words);
    return;
  }
  stage.explain(null);
  if (!engine() && (before === null || !playing.starting())) playing.start(state.engine, Number(query.get("since")) || null);
}

function failed(why) {
  if (why.status !== 0) state.told = null;
  byId("air-input").textContent = "–";
  byId("air").dataset.mood = "";
  if (!state.ready || video.readyState < 3) stage.explain(noChannel(why, state.asset));
}

// Controls

function draw() {
  stage.draw();
  menu.draw();
  figures.ladder();
  tick();
}

function tick() {
  const span = where();
  const behind = span ? Date.now() + ahead - span.at : null;
  state.latencyMillis = state.ready && behind !== null ? Math.round(behind) : null;
  state.atLive = behind === null || behind < Math.max(6000, 1.5 * (engine()?.targetMillis() ?? 0));
  const late = state.latencyMillis === null ? "–" : `${(state.latencyMillis / 1000).toFixed(2)} s`;
  figures.tell("f-latency", late, state.latencyMillis === null ? "" : state.latencyMillis < 2500 ? "good" : "warn");
  figures.figures();
  bar.draw(behind ?? 0, state.atLive);
}

function watchdog() {
  // A leap to where nothing is moves the position and shows nothing.
  const shown = video.currentTime !== moved.at && video.readyState > 2;
  if (video.paused || !plays() || playing.starting() || shown) {
    moved = { at: video.currentTime, when: performance.now() };
  } else if (performance.now() - moved.when > STUCK_MILLIS) {
    playing.heard.error({ fatal: true, what: "the picture stood still; started again" });
    playing.heard.lost();
  }
}

setInterval(() => {
  playing.measure();
  resume();
  tick();
  figures.chart();
  watchdog();
}, 500);

byId("live").addEventListener("click", live);
byId("over").addEventListener("click", startOver);
keys({
  toggle: stage.toggle,
  step: (by) => { const span = where(); if (span) seek(Math.min(Math.max(span.at + by * 1000, span.from), span.to - 1000)); },
  jump: (part) => {
    const span = where();
    if (part === 1) live();
    else if (part === 0) startOver();
    else if (span) seek(span.from + part * (span.to - span.from));
  },
  louder: stage.louder,
  mute: stage.mute,
  full: stage.full,
  panel: stage.togglePanel,
});

draw();
clockAhead(base).then((found) => { ahead = found; });
followChannel(base, seen, failed);
