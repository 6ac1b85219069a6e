// Reads the clock that live_clock.py paints, from what the player has put on the screen.
const COLUMNS = 8, ROWS = 4, UNITS_WIDE = 80, UNITS_HIGH = 45, BLOCK = 4, DOTS = 4;
const TURN_MILLIS = 2 ** 24;
const EVERY_MILLIS = 100; // reading a picture back costs; this is often enough

function checksum(value) {
  let rest = 0;
  for (const byte of [value >> 16 & 255, value >> 8 & 255, value & 255]) {
    rest ^= byte;
    for (let n = 0; n < 8; n++) rest = (rest & 0x80 ? rest << 1 ^ 0x07 : rest << 1) & 0xff;
  }
  return rest ^ 0x55;
}

// Milliseconds on the clock, or null: from the pixels of a canvas of 8 by 4 blocks of 4 dots each.
function read(pixels) {
  const bits = [];
  for (let n = 0; n < ROWS * COLUMNS; n++) {
    const x = (n % COLUMNS) * DOTS + 1, y = Math.floor(n / COLUMNS) * DOTS + 1;
    let light = 0;
    for (const [i, j] of [[0, 0], [1, 0], [0, 1], [1, 1]]) light += pixels[4 * ((y + j) * COLUMNS * DOTS + x + i) + 1];
    bits.push(light > 4 * 128 ? 1 : 0);
  }
  const value = bits.slice(0, 24).reduce((word, bit) => word * 2 + bit, 0);
  const check = bits.slice(24).reduce((word, bit) => word * 2 + bit, 0);
  return checksum(value) === check ? value : null;
}

export function eye(video) {
  const canvas = new OffscreenCanvas(COLUMNS * DOTS, ROWS * DOTS);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return () => {
    const x = video.videoWidth / UNITS_WIDE, y = video.videoHeight / UNITS_HIGH;
    const box = [BLOCK * x, BLOCK * y, COLUMNS * BLOCK * x, ROWS * BLOCK * y];
    context.drawImage(video, ...box, 0, 0, canvas.width, canvas.height);
    return read(context.getImageData(0, 0, canvas.width, canvas.height).data);
  };
}

// Calls `told(now, age)` for pictures as they are shown, in milliseconds of the wall clock.
export function watchClock(video, told) {
  const look = eye(video);
  let before = 0;
  const shown = (_, frame) => {
    const now = performance.timeOrigin + Math.max(performance.now(), frame.expectedDisplayTime);
    if (now - before >= EVERY_MILLIS) {
      before = now;
      const clock = look();
      if (clock !== null) told(now, (((now - clock) % TURN_MILLIS) + TURN_MILLIS) % TURN_MILLIS);
    }
    video.requestVideoFrameCallback(shown);
  };
  video.requestVideoFrameCallback(shown);
}
