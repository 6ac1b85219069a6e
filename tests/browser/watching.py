"""What a page is given to tell of the picture while it plays."""

# How long the picture has stood still at most, and whether a playback began anew.
STANDING = """() => {
  window.standing = { longest: 0, emptied: 0 };
  const video = document.querySelector("video");
  let moved = { at: video.currentTime, when: performance.now() };
  video.addEventListener("emptied", () => { window.standing.emptied += 1; });
  setInterval(() => {
    const now = performance.now();
    const moves = video.readyState > 2 && video.currentTime !== moved.at;
    if (moves) moved = { at: video.currentTime, when: now };
    window.standing.longest = Math.max(window.standing.longest, now - moved.when);
  }, 50);
}"""
