// The title as the origin tells it: asked once when it is whole, again and again while it grows.

const WAIT_MILLIS = 2000;

export class NoTitle extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `the origin answered ${status}`);
    this.status = status;
    this.reason = problem.reason ?? "";
  }
}

export async function readTitle(base) {
  const answer = await fetch(`${base}/title.json`);
  if (!answer.ok) throw new NoTitle(answer.status, await answer.json().catch(() => ({})));
  return answer.json();
}

// Calls `seen(title)` now and on each look until the title is complete, and `failed(error)` where
// the origin cannot say; goes on asking in any case, for what is missing may be on its way.
export async function followTitle(base, seen, failed) {
  for (;;) {
    try {
      const title = await readTitle(base);
      seen(title);
      if (title.state === "Complete") return;
    } catch (error) {
      failed(error);
    }
    await new Promise((wake) => setTimeout(wake, WAIT_MILLIS));
  }
}
