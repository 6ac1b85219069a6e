// HLS by hls.js. Both engines have the same few verbs, so that the page knows neither.
import { loadScript } from "./script.js";

export async function playHls(video, url, { start, on }) {
  await loadScript(new URL("vendor/hls.min.js", import.meta.url));
  const Hls = window.Hls;
  const hls = new Hls({
    startPosition: start,
    workerPath: new URL("vendor/hls.worker.js", import.meta.url).href,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
  });
  let recovered = 0;

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

  hls.on(Hls.Events.MANIFEST_PARSED, () => on.ladder(rungs()));
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => on.sounds(sounds(), hls.audioTrack));
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => on.sounds(sounds(), hls.audioTrack));
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    if (frag.type === "main" && hls.levels[frag.level]) on.rung(nameOf(hls.levels[frag.level]));
  });
  hls.on(Hls.Events.ERROR, (_, error) => {
    // A load that the player itself called off, to change the rung.
    if (error.details === Hls.ErrorDetails.INTERNAL_ABORTED) return;
    on.error({ fatal: error.fatal, what: `${error.type}: ${error.details}${error.response ? ` (${error.response.code})` : ""}` });
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) hls.recoverMediaError();
    else if (error.type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(() => again(error), 2000);
  });

  function again(error) {
    if (!hls.url) return;
    if (error.details.startsWith("manifest")) hls.loadSource(hls.url);
    else hls.startLoad();
  }

  hls.loadSource(url);
  hls.attachMedia(video);

  return {
    estimateKbps: () => Math.round(hls.bandwidthEstimate / 1000),
    // nextLevel keeps what is on screen and replaces what lies ahead of it.
    chooseRung: (name) => { hls.nextLevel = name === null ? -1 : hls.levels.findIndex((l) => nameOf(l) === name); },
    chooseSound: (id) => { hls.audioTrack = id; },
    destroy: async () => hls.destroy(),
  };
}
