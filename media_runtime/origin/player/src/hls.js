// HLS by hls.js. Both engines have the same few verbs, so that the page knows neither.
import { withHls } from "./with-hls.js";

export async function playHls(video, url, { start, on }) {
  const { Hls, hls, failing, verbs } = await withHls(() => ({ startPosition: start }), on);

  failing((error) => {
    if (error.type === Hls.ErrorTypes.NETWORK_ERROR) setTimeout(() => again(error), 2000);
  });

  function again(error) {
    if (!hls.url) return;
    if (error.details.startsWith("manifest")) hls.loadSource(hls.url);
    else hls.startLoad();
  }

  hls.loadSource(url);
  hls.attachMedia(video);
  return verbs;
}
