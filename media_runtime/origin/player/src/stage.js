// The stage: play, sound, full screen, the notice over the picture, and controls that withdraw.

const byId = (id) => document.getElementById(id);

export function stageControls(video) {
  const stage = byId("stage");
  let restless = 0;

  function toggle() {
    if (video.ended) video.currentTime = 0;
    if (video.paused) video.play().catch(() => {}); else video.pause();
  }

  function louder(by) {
    video.muted = false;
    video.volume = Math.min(1, Math.max(0, video.volume + by));
  }

  function mute() { video.muted = !video.muted; }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen(); else stage.requestFullscreen?.();
  }

  function togglePanel() {
    const shown = byId("panel").hidden;
    byId("panel").hidden = !shown;
    byId("panel-button").setAttribute("aria-pressed", String(shown));
  }

  function draw() {
    stage.dataset.paused = String(video.paused);
    stage.dataset.muted = String(video.muted || video.volume === 0);
    byId("play").setAttribute("aria-label", video.paused ? "Play" : "Pause");
    byId("mute").setAttribute("aria-pressed", String(video.muted));
    byId("volume").value = video.muted ? 0 : video.volume;
    byId("big-play").hidden = !video.paused || stage.dataset.blank === "true" || video.seeking;
    byId("spinner").hidden = video.paused || video.readyState >= 3 || stage.dataset.blank === "true";
  }

  // { title, text, hints }, or null for the picture.
  function explain(words) {
    byId("notice").hidden = words === null;
    stage.dataset.blank = String(words !== null);
    byId("notice-title").textContent = words?.title ?? "";
    byId("notice-text").textContent = words?.text ?? "";
    byId("notice-hints").replaceChildren(...(words?.hints ?? []).map((hint) => {
      const row = document.createElement("li");
      const code = document.createElement("code");
      code.textContent = hint;
      row.append(code);
      return row;
    }));
    draw();
  }

  function stir() {
    stage.dataset.idle = "false";
    clearTimeout(restless);
    restless = setTimeout(() => {
      const open = document.querySelector(".menu-list:not([hidden])");
      if (!video.paused && !open && !stage.querySelector(":focus-visible")) stage.dataset.idle = "true";
    }, 2500);
  }

  for (const what of ["play", "pause", "playing", "waiting", "canplay", "seeking", "seeked", "volumechange", "ended", "loadeddata"]) {
    video.addEventListener(what, draw);
  }
  for (const what of ["pointermove", "pointerdown", "focusin"]) stage.addEventListener(what, stir);
  document.addEventListener("keydown", stir);
  video.addEventListener("play", stir);
  video.addEventListener("pause", stir);
  byId("play").addEventListener("click", toggle);
  byId("big-play").addEventListener("click", toggle);
  video.addEventListener("click", toggle);
  video.addEventListener("dblclick", full);
  byId("mute").addEventListener("click", mute);
  byId("volume").addEventListener("input", (event) => {
    video.muted = false;
    video.volume = Number(event.target.value);
  });
  byId("full").addEventListener("click", full);
  byId("panel-button").addEventListener("click", togglePanel);

  return { toggle, louder, mute, full, togglePanel, explain, draw };
}
