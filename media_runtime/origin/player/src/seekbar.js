// The seek bar: position, what is buffered, how far the title is encoded, and a picture on hover.
import { clock } from "./clock.js";
import { pictureAt } from "./thumbnails.js";

const PICTURE_WIDTH = 200;
const byId = (id) => document.getElementById(id);

export function seekBar(video, { length, playable }) {
  const bar = byId("seek");
  const preview = byId("preview");
  const picture = byId("preview-picture");
  let cues = [];
  let dragging = false;

  const percent = (seconds) => `${Math.min(100, (100 * seconds) / (length() || 1))}%`;
  const secondsAt = (event) => {
    const box = bar.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return part * length();
  };

  function seek(seconds) {
    video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, playable() - 0.1));
    draw();
  }

  function draw() {
    const now = video.currentTime;
    const ahead = [...Array(video.buffered.length).keys()].find(
      (i) => video.buffered.start(i) <= now + 0.1 && now <= video.buffered.end(i));
    byId("rail-played").style.width = percent(now);
    byId("knob").style.left = percent(now);
    byId("rail-encoded").style.width = percent(playable());
    byId("rail-buffered").style.width = percent(ahead === undefined ? 0 : video.buffered.end(ahead));
    byId("now").textContent = clock(now);
    byId("length").textContent = clock(length());
    bar.setAttribute("aria-valuemax", Math.round(length()));
    bar.setAttribute("aria-valuenow", Math.round(now));
    bar.setAttribute("aria-valuetext", `${clock(now)} of ${clock(length())}`);
  }

  function show(event) {
    const seconds = secondsAt(event);
    const cue = pictureAt(cues, seconds);
    const box = bar.getBoundingClientRect();
    const half = cue ? PICTURE_WIDTH / 2 : 30;
    const x = Math.min(Math.max(event.clientX - box.left, half), box.width - half);
    preview.hidden = false;
    preview.style.left = `${x}px`;
    byId("preview-time").textContent = clock(seconds);
    picture.hidden = !cue;
    if (!cue) return;
    const scale = PICTURE_WIDTH / cue.width;
    picture.style.width = `${PICTURE_WIDTH}px`;
    picture.style.height = `${cue.height * scale}px`;
    picture.style.backgroundImage = `url("${cue.url}")`;
    picture.style.backgroundPosition = `${-cue.x * scale}px ${-cue.y * scale}px`;
    // The sheet's own size is known only once it is loaded; scale it as a whole by its natural width.
    sized(cue.url, (natural) => { picture.style.backgroundSize = `${natural * scale}px auto`; });
  }

  bar.addEventListener("pointermove", (event) => {
    show(event);
    if (dragging) seek(secondsAt(event));
  });
  bar.addEventListener("pointerleave", () => { preview.hidden = true; });
  bar.addEventListener("pointerdown", (event) => {
    dragging = true;
    bar.setPointerCapture(event.pointerId);
    seek(secondsAt(event));
  });
  bar.addEventListener("pointerup", () => { dragging = false; });
  bar.addEventListener("pointercancel", () => { dragging = false; });
  for (const what of ["timeupdate", "progress", "seeking", "durationchange"]) video.addEventListener(what, draw);

  return { draw, seek, show: (found) => { cues = found; } };
}

const naturals = new Map();

function sized(url, done) {
  if (naturals.has(url)) return done(naturals.get(url));
  const image = new Image();
  image.onload = () => {
    naturals.set(url, image.naturalWidth);
    done(image.naturalWidth);
  };
  image.src = url;
}
