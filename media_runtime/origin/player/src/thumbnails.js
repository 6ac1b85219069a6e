// The thumbnails track: WebVTT whose cues name a picture in a sheet, `sheet-0.jpg#xywh=x,y,w,h`.

const CUE = /^(?:(\d+):)?(\d+):(\d+\.\d+)\s+-->\s+(?:(\d+):)?(\d+):(\d+\.\d+)/;

export async function readThumbnails(url) {
  const answer = await fetch(url);
  return answer.ok ? parse(await answer.text(), url) : [];
}

function parse(text, base) {
  const cues = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((line, at) => {
    const time = CUE.exec(line);
    const picture = time && lines[at + 1];
    if (!picture) return;
    const [sheet, place] = picture.split("#xywh=");
    const [x, y, width, height] = place.split(",").map(Number);
    const seconds = (i) => Number(time[i] ?? 0) * 3600 + Number(time[i + 1]) * 60 + Number(time[i + 2]);
    cues.push({ start: seconds(1), end: seconds(4), url: new URL(sheet, base).href, x, y, width, height });
  });
  return cues;
}

export function pictureAt(cues, seconds) {
  return cues.findLast((cue) => cue.start <= seconds) ?? null;
}
