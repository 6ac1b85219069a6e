// Segments that never come: after the end, and where no packager was on air. DASH numbers them all the same.

const HOPELESS_ATTEMPTS = 3;
const NEAR_LIVE_SECONDS = 30;
const LATE_SECONDS = 1;

// A request filter, which Shaka asks before each attempt. It calls the request off where nothing is to be hoped
// for, and the picture goes on where there is something: near live at what is on air now, else behind the hole.
export function beyondHoles(shaka, player, video, plays) {
  const { Error: Failure } = shaka.util;
  const { RequestType } = shaka.net.NetworkingEngine;
  const calledOff = () => new Failure(Failure.Severity.RECOVERABLE, Failure.Category.NETWORK, Failure.Code.OPERATION_ABORTED);

  return (type, request, context) => {
    const segment = context?.segment;
    if (type !== RequestType.SEGMENT || !segment || request.attempt === 0) return;
    const { end } = player.seekRange();
    if (!player.isLive()) {
      if (segment.startTime >= end) throw calledOff();
      return;
    }
    const late = segment.endTime < end - LATE_SECONDS;
    // What is buffered is shown first.
    if (!late || request.attempt < HOPELESS_ATTEMPTS || video.readyState > 2 || !plays()) return;
    const beyond = segment.endTime < end - NEAR_LIVE_SECONDS ? segment.endTime : end;
    if (beyond > video.currentTime) video.currentTime = beyond;
    throw calledOff();
  };
}
