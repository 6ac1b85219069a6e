// hls.js as both pages use it: its rungs and soundtracks, by the names that the origin gives them.
import { loadScript } from "./script.js";

// `settings(Hls)` are hls.js's own; `on` hears of rungs, soundtracks and errors.
export async function withHls(settings, on) {
  await loadScript(new URL("vendor/hls.min.js", import.meta.url));
  const Hls = window.Hls;
  const hls = new Hls({
    workerPath: new URL("vendor/hls.worker.js", import.meta.url).href,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    ...settings(Hls),
  });

  const nameOf = (level) => new URL(level.url[0] ?? level.url).pathname.split("/").pop().replace(/\.m3u8$/, "");
  const rungs = () =>
    hls.levels.filter((level) => level.width).map((level) => ({
      name: nameOf(level),
      width: level.width,
      height: level.height,
      kbps: Math.round((level.averageBitrate || level.bitrate) / 1000),
      frameRate: level.frameRate,
    }));
  const sounds = () =>
    hls.audioTracks.map((t, id) => ({ id, label: t.name, channels: Number(t.channels) || 0 }));

  for (const what of [Hls.Events.MANIFEST_PARSED, Hls.Events.LEVELS_UPDATED]) hls.on(what, () => on.ladder(rungs()));
  for (const what of [Hls.Events.AUDIO_TRACKS_UPDATED, Hls.Events.AUDIO_TRACK_SWITCHED]) {
    hls.on(what, () => on.sounds(sounds(), hls.audioTrack));
  }
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    if (frag.type === "main" && hls.levels[frag.level]) on.rung(nameOf(hls.levels[frag.level]));
  });

  let recovered = 0;
  // `stuck(error)` is called where it does not go on by itself.
  const failing = (stuck) => hls.on(Hls.Events.ERROR, (_, error) => {
    // A load that the player itself called off, to change the rung.
    if (error.details === Hls.ErrorDetails.INTERNAL_ABORTED) return;
    on.error({ fatal: error.fatal, what: `${error.type}: ${error.details}${error.response ? ` (${error.response.code})` : ""}` });
    if (!error.fatal) return;
    // A gap is a media error by name alone: nothing is wrong with the picture that is there.
    const broken = error.type === Hls.ErrorTypes.MEDIA_ERROR && error.details !== Hls.ErrorDetails.FRAG_GAP;
    if (broken && recovered++ < 2) hls.recoverMediaError();
    else stuck(error);
  });

  const verbs = {
    estimateKbps: () => Math.round(hls.bandwidthEstimate / 1000),
    // nextLevel keeps what is on screen and replaces what lies ahead of it.
    chooseRung: (name) => { hls.nextLevel = name === null ? -1 : hls.levels.findIndex((l) => nameOf(l) === name); },
    chooseSound: (id) => { hls.audioTrack = id; },
    destroy: async () => hls.destroy(),
  };
  return { Hls, hls, failing, verbs };
}
