// Low-latency HLS by hls.js. Both live engines have the same few verbs, so that the page knows neither.
import { loadScript } from "./script.js";

// A restart of an origin or a packager takes seconds, of a node a minute: a player asks again and again before
// it gives up, and then goes on where it was. "linear" is hls.js's word for a delay that stays the same.
const PATIENT = { maxNumRetry: 120, retryDelayMs: 500, maxRetryDelayMs: 500, backoff: "linear" };
const patient = { default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: PATIENT, errorRetry: PATIENT } };

export async function playLiveHls(video, base, { since, on }) {
  await loadScript(new URL("vendor/hls.min.js", import.meta.url));
  const Hls = window.Hls;
  const hls = new Hls({
    workerPath: new URL("vendor/hls.worker.js", import.meta.url).href,
    lowLatencyMode: true,
    // Nobody hears a 20th; a viewer who fell behind is back at the target within a minute.
    maxLiveSyncPlaybackRate: 1.05,
    capLevelToPlayerSize: true,
    backBufferLength: 60,
    playlistLoadPolicy: patient,
    fragLoadPolicy: patient,
  });
  let details = null;
  let recovered = 0;
  let again = 0;

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
  // Unix milliseconds of position 0, by the dates in the playlist.
  const epoch = () => {
    const dated = details?.fragments.find((fragment) => fragment?.programDateTime);
    return dated ? dated.programDateTime - dated.start * 1000 : null;
  };

  hls.on(Hls.Events.MANIFEST_PARSED, () => on.ladder(rungs()));
  hls.on(Hls.Events.LEVELS_UPDATED, () => on.ladder(rungs()));
  hls.on(Hls.Events.LEVEL_UPDATED, (_, updated) => { details = updated.details; });
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => on.sounds(sounds(), hls.audioTrack));
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => on.sounds(sounds(), hls.audioTrack));
  hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    if (frag.type === "main" && hls.levels[frag.level]) on.rung(nameOf(hls.levels[frag.level]));
  });
  hls.on(Hls.Events.ERROR, (_, error) => {
    if (error.details === Hls.ErrorDetails.INTERNAL_ABORTED) return;
    on.error({ fatal: error.fatal, what: `${error.type}: ${error.details}${error.response ? ` (${error.response.code})` : ""}` });
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) hls.recoverMediaError();
    else again = setTimeout(on.lost, 1500);
  });

  hls.loadSource(since ? `${base}/start-over/${since}/master.m3u8` : `${base}/master.m3u8`);
  hls.attachMedia(video);

  return {
    estimateKbps: () => Math.round(hls.bandwidthEstimate / 1000),
    chooseRung: (name) => { hls.nextLevel = name === null ? -1 : hls.levels.findIndex((l) => nameOf(l) === name); },
    chooseSound: (id) => { hls.audioTrack = id; },
    epoch,
    targetMillis: () => (hls.targetLatency ?? 0) * 1000,
    range: () => {
      if (!details || epoch() === null) return null;
      return { from: epoch() + details.fragmentStart * 1000, to: epoch() + details.edge * 1000 };
    },
    livePosition: () => hls.liveSyncPosition,
    destroy: async () => { clearTimeout(again); hls.destroy(); },
  };
}
