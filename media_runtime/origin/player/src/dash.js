// DASH by Shaka Player, with the same verbs as hls.js.
import { withShaka } from "./with-shaka.js";

export async function playDash(video, url, { start, on }) {
  const settings = () => ({
    abr: { restrictToElementSize: true },
    streaming: { bufferingGoal: 30, bufferBehind: 60 },
  });
  // What lies more than a second ahead is replaced; what is on screen stays.
  const { load, verbs } = await withShaka(video, settings, on, { replaced: 1 });
  // A growing title has an edge; a viewer begins at its start all the same.
  await load(url, start);
  return verbs;
}
