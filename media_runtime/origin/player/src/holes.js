// A hole in the programme with pictures behind it: what a packager or an encoder took with it when it died.

const LOOK_MILLIS = 250;
const PATIENCE_MILLIS = 500;
const LEAST_SECONDS = 0.3;
const NUDGED_SECONDS = 1;

// hls.js waits before such a hole, or nudges the position into it, which is then a seek without an end. Who has stood
// there for half a second goes on behind it. Gives the function that ends the looking.
export function leapHoles(video) {
  let stood = { at: null, since: 0 };

  const look = () => {
    const at = video.currentTime;
    const stands = !video.paused && !video.ended && video.readyState < 3;
    if (!stands || at !== stood.at) {
      stood = { at: stands ? at : null, since: performance.now() };
      return;
    }
    if (performance.now() - stood.since < PATIENCE_MILLIS) return;
    const ranges = [...Array(video.buffered.length).keys()].map((i) => ({ from: video.buffered.start(i), to: video.buffered.end(i) }));
    // A viewer who sought to where nothing is yet waits for what was asked for.
    const edge = ranges.some(({ from, to }) => from <= at && at < to + NUDGED_SECONDS);
    const behind = ranges.find(({ from, to }) => from > at && to - from > LEAST_SECONDS);
    if (edge && behind) video.currentTime = behind.from + 0.01;
  };

  const looking = setInterval(look, LOOK_MILLIS);
  return () => clearInterval(looking);
}
