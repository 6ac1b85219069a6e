// What is known of the playback, in one place: the panel draws it, tests read it as window.streamverse.
//
//   asset, engine          what plays, and by which protocol: "hls" | "dash"
//   title                  title.json as last read: state "Waiting" | "Encoding" | "Complete"
//   ready                  a frame has been shown
//   ended                  it has played to its end
//   errors                 [{engine, fatal, what}], every one that the engine reported
//   stalls                 times that playback stopped for want of data
//   waits                  times that it stopped because the encoder had not got further
//   rung, rungs            name of the rung on screen; [{name, width, height, kbps, frameRate}]
//   auto                   the engine chooses the rung
//   switches               times that the rung changed while playing
//   sound, sounds          id of the soundtrack; [{id, label, channels}]
//   estimateKbps, bufferSeconds, droppedFrames, decodedFrames, firstFrameMillis
//   of a channel besides:
//   told                   state.json as last read; null while the origin cannot say
//   latencyMillis          from a picture's time, by the origin's clock, to its being shown here
//   atLive                 what is shown is what is on air now, not the past
//   chooseRung(name|null), chooseSound(id), chooseEngine("hls"|"dash")
export const state = {
  asset: "",
  engine: "",
  title: null,
  ready: false,
  ended: false,
  errors: [],
  stalls: 0,
  waits: 0,
  rung: null,
  rungs: [],
  auto: true,
  switches: 0,
  sound: null,
  sounds: [],
  estimateKbps: 0,
  bufferSeconds: 0,
  droppedFrames: 0,
  decodedFrames: 0,
  firstFrameMillis: null,
  told: null,
  latencyMillis: null,
  atLive: true,
};

window.streamverse = state;

export function forgetPlayback() {
  Object.assign(state, {
    ready: false, ended: false, errors: [], stalls: 0, waits: 0, rung: null, rungs: [], auto: true,
    switches: 0, sound: null, sounds: [], estimateKbps: 0, bufferSeconds: 0, droppedFrames: 0,
    decodedFrames: 0, firstFrameMillis: null, latencyMillis: null, atLive: true,
  });
}
