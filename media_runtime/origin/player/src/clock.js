// Seconds as people write them.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function rate(kbps) {
  return kbps >= 1000 ? `${(kbps / 1000).toFixed(kbps < 10000 ? 1 : 0)} Mbit/s` : `${kbps} kbit/s`;
}
