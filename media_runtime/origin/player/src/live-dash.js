// Low-latency DASH by Shaka Player, with the same verbs as hls.js.
import { onOneTimeline } from "./live-dash-end.js";
import { beyondHoles } from "./live-dash-holes.js";
import { withShaka } from "./with-shaka.js";

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
  const timeline = onOneTimeline();
  let again = 0;

  const settings = (shaka) => ({
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
  const { shaka, player, active, load, verbs } = await withShaka(video, settings, on, {
    failed: (fatal) => {
      if (fatal) again = setTimeout(() => { if (!player.retryStreaming()) on.lost(); }, 1500);
    },
  });
  player.getNetworkingEngine().registerRequestFilter(beyondHoles(shaka, player, video, on.plays));

  // Whether an answer at this rate, in bits a second, says little of the network.
  function calm(rate) {
    const needed = active()?.bandwidth ?? 0;
    const { total } = player.getBufferedInfo();
    const ahead = (total.at(-1)?.end ?? 0) - video.currentTime;
    return (video.currentTime === 0 || ahead > 0.7) && rate < 3 * needed;
  }

  await load(`${base}/manifest.mpd`);
  // For a low-latency channel it asks ten times a second, unless told again.
  player.configure({ manifest: { retryParameters: AGAIN }, streaming: { retryParameters: AGAIN } });

  const epoch = () => player.getPresentationStartTimeAsDate()?.getTime() ?? null;
  return {
    ...verbs,
    epoch,
    targetMillis: () => 1500,
    range: () => {
      const { start, end: to } = player.seekRange();
      const from = Math.max(start, timeline.from());
      return epoch() === null || to <= from ? null : { from: epoch() + from * 1000, to: epoch() + to * 1000 };
    },
    seek: (position) => { video.currentTime = position; },
    livePosition: () => player.seekRange().end,
    destroy: () => { clearTimeout(again); return verbs.destroy(); },
  };
}
