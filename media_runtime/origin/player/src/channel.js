// The channel as the origin tells it, again and again, and the origin's clock beside the viewer's.

const LOOK_MILLIS = 2000;
const PATIENCE_MILLIS = 5000;

// Calls `seen(told)` with each state.json, and `failed({status, problem})` where there is none.
export async function followChannel(base, seen, failed) {
  for (;;) {
    try {
      const answer = await fetch(`${base}/state.json`, { signal: AbortSignal.timeout(PATIENCE_MILLIS) });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) seen(told);
      else failed({ status: answer.status, problem: told.detail ?? `the origin answered ${answer.status}` });
    } catch (error) {
      failed({ status: 0, problem: "no origin answers" });
    }
    await new Promise((wake) => setTimeout(wake, LOOK_MILLIS));
  }
}

// Milliseconds by which the origin's clock is ahead of the viewer's: of a few looks the quickest, for
// it is wrong by no more than half its time.
export async function clockAhead(base) {
  let best = { took: Infinity, ahead: 0 };
  for (let n = 0; n < 5; n += 1) {
    try {
      const asked = performance.now();
      const answer = await fetch(`${base}/clock`, { cache: "no-store" });
      const there = Date.parse(await answer.text());
      const took = performance.now() - asked;
      if (answer.ok && took < best.took) best = { took, ahead: there - (Date.now() - took / 2) };
    } catch (error) {
      // Then the viewer's own clock has to do.
    }
  }
  return best.ahead;
}
