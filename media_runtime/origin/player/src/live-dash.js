// Low-latency DASH by Shaka Player, with the same verbs as hls.js.
import { onOneTimeline } from "./live-dash-end.js";
import { beyondHoles } from "./live-dash-holes.js";
import { loadScript } from "./script.js";

// As long as the other player does (live-hls.js).
const AGAIN = { maxAttempts: 120, baseDelay: 500, backoffFactor: 1, fuzzFactor: 0.3, timeout: 20_000, stallTimeout: 8000, connectionTimeout: 8000 };

// A segment that grows comes no faster than it is made. Where it is there in time all the same, the network
// is taken for faster, until the buffer says otherwise.
function unhurried(shaka, calm) {
  const manager = new shaka.abr.SimpleAbrManager();
  const count = manager.segmentDownloaded.bind(manager);
  manager.segmentDownloaded = (millis, bytes, ...rest) => count(calm((8000 * bytes) / millis) ? millis / 3 : millis, bytes, ...rest);
  return manager;
}

export async function playLiveDash(video, base, { on }) {
  await loadScript(new URL("vendor/shaka-player.compiled.js", import.meta.url));
  const shaka = window.shaka;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  const timeline = onOneTimeline();
  await player.attach(video);
  player.configure({
    abr: { restrictToElementSize: true, defaultBandwidthEstimate: 5e6 },
    abrFactory: () => unhurried(shaka, calm),
    manifest: {
      retryParameters: AGAIN,
      // Shaka counts this from the newest part that there is, not from the clock: to begin two parts behind.
      defaultPresentationDelay: 0.7,
      dash: { ignoreMinBufferTime: true, ignoreSuggestedPresentationDelay: true, manifestPreprocessorTXml: timeline.read },
    },
    streaming: {
      lowLatencyMode: true,
      bufferBehind: 60,
      retryParameters: AGAIN,
      // Counted from where it begins.
      liveSync: { enabled: true, targetLatency: 0.25, targetLatencyTolerance: 0.2, maxPlaybackRate: 1.05, minPlaybackRate: 0.97 },
    },
  });
  player.getNetworkingEngine().registerRequestFilter(beyondHoles(shaka, player, video, on.plays));
  let told = 0;

  // Whether an answer at this rate, in bits a second, says little of the network.
  function calm(rate) {
    const needed = player.getVariantTracks().find((track) => track.active)?.bandwidth ?? 0;
    const { total } = player.getBufferedInfo();
    const ahead = (total.at(-1)?.end ?? 0) - video.currentTime;
    return (video.currentTime === 0 || ahead > 0.7) && rate < 3 * needed;
  }

  const nameOf = (track) => track.originalVideoId ?? "";
  const soundOf = (track) => `${track.language}/${track.label}/${track.channelsCount}`;

  function ladder() {
    const byName = new Map();
    for (const track of player.getVariantTracks()) {
      if (!nameOf(track) || byName.has(nameOf(track))) continue;
      byName.set(nameOf(track), {
        name: nameOf(track),
        width: track.width,
        height: track.height,
        kbps: Math.round((track.videoBandwidth || track.bandwidth) / 1000),
        frameRate: track.frameRate,
      });
    }
    return [...byName.values()];
  }

  function tell() {
    on.ladder(ladder());
    const active = player.getVariantTracks().find((track) => track.active);
    if (active && nameOf(active)) on.rung(nameOf(active));
    const tracks = player.getAudioTracks();
    const heard = tracks.find((track) => track.active);
    on.sounds(
      tracks.map((t) => ({ id: soundOf(t), label: t.label || t.language, channels: t.channelsCount ?? 0 })),
      heard ? soundOf(heard) : null,
    );
  }

  for (const what of ["adaptation", "variantchanged", "trackschanged", "audiotrackschanged"]) {
    player.addEventListener(what, tell);
  }
  player.addEventListener("error", ({ detail }) => {
    const fatal = detail.severity === shaka.util.Error.Severity.CRITICAL;
    on.error({ fatal, what: `Shaka ${detail.code}: ${detail.message}` });
    if (fatal) told = setTimeout(() => { if (!player.retryStreaming()) on.lost(); }, 1500);
  });

  try {
    await player.load(`${base}/manifest.mpd`);
  } catch (error) {
    on.error({ fatal: true, what: `Shaka ${error.code ?? ""}: ${error.message}` });
    throw error;
  }
  // For a low-latency channel it asks ten times a second, unless told again.
  player.configure({ manifest: { retryParameters: AGAIN }, streaming: { retryParameters: AGAIN } });
  tell();

  const epoch = () => player.getPresentationStartTimeAsDate()?.getTime() ?? null;
  return {
    estimateKbps: () => Math.round(player.getStats().estimatedBandwidth / 1000) || 0,
    chooseRung: (name) => {
      player.configure("abr.enabled", name === null);
      if (name === null) return;
      const sound = player.getVariantTracks().find((track) => track.active);
      const same = player.getVariantTracks().filter((track) => nameOf(track) === name);
      const wanted = same.find((t) => sound && t.audioId === sound.audioId) ?? same[0];
      if (wanted) player.selectVariantTrack(wanted, false);
    },
    chooseSound: (id) => {
      const wanted = player.getAudioTracks().find((track) => soundOf(track) === id);
      if (wanted) player.selectAudioTrack(wanted);
    },
    epoch,
    targetMillis: () => 1500,
    range: () => {
      const { start, end: to } = player.seekRange();
      const from = Math.max(start, timeline.from());
      return epoch() === null || to <= from ? null : { from: epoch() + from * 1000, to: epoch() + to * 1000 };
    },
    livePosition: () => player.seekRange().end,
    destroy: () => { clearTimeout(told); return player.destroy(); },
  };
}
