// Low-latency HLS by hls.js. Both live engines have the same few verbs, so that the page knows neither.
import { leapHoles } from "./holes.js";
import { endLostLoads, withoutLost } from "./lost-parts.js";
import { withHls } from "./with-hls.js";

// A restart of an origin or a packager takes seconds, of a node a minute: a player asks again and again before
// it gives up, and then goes on where it was. "linear" is hls.js's word for a delay that stays the same.
const PATIENT = { maxNumRetry: 120, retryDelayMs: 500, maxRetryDelayMs: 500, backoff: "linear" };
const patient = { default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: PATIENT, errorRetry: PATIENT } };

// A part is a third of a second: however slowly it comes, it is there before another rung's playlist and that
// rung's segment from its beginning would be. So it is waited for, and the next one is of another rung.
const persistent = (Hls) => class extends Hls.DefaultConfig.abrController {
  constructor(hls) {
    super(hls);
    this._abandonRulesCheck = () => {};
  }
};

// Within so much of a segment of 2 s the sound of somebody who joins begins.
const JOINED_SECONDS = 1.5;

export async function playLiveHls(video, base, { since, on }) {
  const { Hls, hls, failing, verbs } = await withHls((Hls) => ({
    abrController: persistent(Hls),
    pLoader: withoutLost(Hls.DefaultConfig.loader),
    lowLatencyMode: true,
    // What was shown stays until the browser wants its memory. Where hls.js removes it while a part comes in, it takes
    // the parts of that segment before it for not loaded, and stands still at the segment's end for three seconds.
    backBufferLength: Infinity,
    // To begin with the lowest rung and leave it at once is a switch more; Shaka begins by this estimate too.
    testBandwidth: false,
    abrEwmaDefaultEstimate: 5e6,
    // Nobody hears a 20th; a viewer who fell behind is back at the target within a minute.
    maxLiveSyncPlaybackRate: 1.05,
    playlistLoadPolicy: patient,
    fragLoadPolicy: patient,
  }), on);
  let details = null;
  let again = 0;
  const stopLeaping = leapHoles(video);
  const stopEnding = endLostLoads(hls);

  // Unix milliseconds of position 0, by the dates in the playlist.
  const epoch = () => {
    const dated = details?.fragments.find((fragment) => fragment?.programDateTime);
    return dated ? dated.programDateTime - dated.start * 1000 : null;
  };

  hls.on(Hls.Events.LEVEL_UPDATED, (_, updated) => { details = updated.details; });
  // hls.js remembers which parts of a rung it has loaded, also when another rung's took their place: who comes back
  // to it within a segment would go on in the middle, where no picture can begin, and have a hole.
  hls.on(Hls.Events.LEVEL_SWITCHING, (_, { level }) => {
    for (const part of hls.levels[level]?.details?.partList ?? []) part.clearElementaryStreamInfo();
  });
  // A part that a packager took with it when it died is a 404 or a gap, of which hls.js stops loading. What is shown
  // stays, and the next look at the playlist leads beyond it.
  const passing = [Hls.ErrorDetails.FRAG_LOAD_ERROR, Hls.ErrorDetails.FRAG_GAP];
  failing((error) => {
    again = setTimeout(passing.includes(error.details) ? () => hls.startLoad() : on.lost, 500);
  });

  hls.loadSource(since ? `${base}/start-over/${since}/master.m3u8` : `${base}/master.m3u8`);
  hls.attachMedia(video);

  return {
    ...verbs,
    epoch,
    targetMillis: () => (hls.targetLatency ?? 0) * 1000,
    range: () => {
      if (!details || epoch() === null) return null;
      return { from: epoch() + details.fragmentStart * 1000, to: epoch() + details.edge * 1000 };
    },
    // Who joined has the picture from a segment's first part and the sound from the newest, and hls.js takes both for
    // the whole segment. What is missing there does not come: so a seek to it leads to where there are both.
    seek: (position) => {
      const { buffered } = video;
      const begins = [...Array(buffered.length).keys()].map((i) => buffered.start(i));
      video.currentTime = begins.find((at) => at > position && at < position + JOINED_SECONDS) ?? position;
    },
    livePosition: () => hls.liveSyncPosition,
    destroy: () => { clearTimeout(again); stopLeaping(); stopEnding(); return verbs.destroy(); },
  };
}
