// Parts that a packager or an encoder took with it when it died, of which hls.js stops loading.

const LOOK_MILLIS = 250;
// What becomes of data that is there is a matter of milliseconds, on a busy machine of some tenths of a second.
const PATIENCE_MILLIS = 1500;

// The lost end of a segment that is over. The playlist's last part stays: by it the next one is asked for.
const LOST = /(?:#EXT-X-PART:.*,GAP=YES.*\n)+(?=(?:#EXT-X-GAP\n)?#EXTINF:[^]*#EXT-X-PART:)/g;

// A segment's parts without a lost end: hls.js loads them one after the other, and goes on with the next that is there.
// Where the next is a gap it lets go of those before it too, and of the rung, and loads the segment whole.
export const withoutLost = (Loader) => class extends Loader {
  load(context, config, callbacks) {
    const onSuccess = (response, ...rest) => {
      if (typeof response.data === "string") response.data = response.data.replace(LOST, "");
      callbacks.onSuccess(response, ...rest);
    };
    super.load(context, config, { ...callbacks, onSuccess });
  }
};

// A part that fails while the one before it is still being taken apart ends the load, and only then that one is
// ready: hls.js waits for the rest of a load that is over, and loads nothing ever after. It begins to load anew.
// Gives the function that ends the looking.
export function endLostLoads(hls) {
  const since = {};

  const look = () => {
    for (const [kind, { frag, state }] of Object.entries(hls.inFlightFragments)) {
      const waits = state === "PARSING" && !frag?.loader;
      if (!waits || since[kind]?.frag !== frag) since[kind] = { frag, when: performance.now() };
      if (performance.now() - since[kind].when < PATIENCE_MILLIS) continue;
      hls.stopLoad();
      hls.startLoad();
      return;
    }
  };

  const looking = setInterval(look, LOOK_MILLIS);
  return () => clearInterval(looking);
}
