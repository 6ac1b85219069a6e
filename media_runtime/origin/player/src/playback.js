// An engine on the stage: begun, heard and measured in the same way for titles and for channels.
import { forgetPlayback, state } from "./state.js";

const byId = (id) => document.getElementById(id);

export const query = new URLSearchParams(location.search);
// With its path parameters: a token stays in every URL below.
export const asset = location.pathname.split("/").pop();

// `play(name, from)` gives an engine that plays by that protocol, or null where there is nothing to play; `menu`
// and `draw()` are what shows it; `hear(heard)` adds to what is heard of engines; `failed()` is called where
// none could begin.
export function playback(video, { play, menu, draw, hear, failed = () => {} }) {
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
  byId("name").textContent = state.asset;

  async function start(name, from) {
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
      query.set("engine", name);
      history.replaceState(null, "", `${location.pathname}?${query}`);
      const began = performance.now();
      video.addEventListener("loadeddata", () => {
        state.ready = true;
        state.firstFrameMillis = Math.round(performance.now() - began);
      }, { once: true });
      engine = await play(name, from);
      if (engine && query.get("autoplay") !== "0") await video.play().catch(() => {});
    } catch (error) {
      if (state.errors.length === 0) heard.error({ fatal: true, what: String(error) });
      failed();
    } finally {
      starting = false;
      draw();
    }
  }

  // Frees the element too. While it starts there is nothing to stop yet; the next look stops it.
  async function stop() {
    if (starting) return;
    const over = engine;
    engine = null;
    await over?.destroy();
  }

  // What engines tell, both kinds alike.
  const alike = {
    ladder(rungs) { state.rungs = rungs; draw(); },
    sounds(sounds, active) { Object.assign(state, { sounds, sound: active }); menu.draw(); },
    rung(name) {
      if (state.rung === name) return;
      if (state.rung !== null) state.switches += 1;
      state.rung = name;
      draw();
    },
    error(error) { state.errors.push({ engine: state.engine, ...error }); },
  };
  const heard = { ...alike, ...hear(alike) };

  video.addEventListener("ended", () => { state.ended = true; });
  video.addEventListener("playing", () => { state.ended = false; });

  function measure() {
    const quality = video.getVideoPlaybackQuality();
    state.droppedFrames = quality.droppedVideoFrames;
    state.decodedFrames = quality.totalVideoFrames;
    state.estimateKbps = engine?.estimateKbps() ?? 0;
    const now = video.currentTime;
    const ahead = [...Array(video.buffered.length).keys()].find(
      (i) => video.buffered.start(i) <= now + 0.1 && now <= video.buffered.end(i));
    state.bufferSeconds = ahead === undefined ? 0 : video.buffered.end(ahead) - now;
  }

  // Calls `choose(name)` where the viewer wants the other protocol.
  function offer(choose) {
    state.chooseEngine = choose;
    for (const button of document.querySelectorAll("[data-engine]")) {
      button.addEventListener("click", () => {
        if (button.dataset.engine !== state.engine) choose(button.dataset.engine);
      });
    }
  }

  if (query.get("muted") === "1") video.muted = true;
  return { start, stop, heard, measure, offer, engine: () => engine, starting: () => starting };
}
