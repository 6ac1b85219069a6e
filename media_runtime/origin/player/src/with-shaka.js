// Shaka Player as both pages use it: its rungs and soundtracks, by the names that the origin gives them.
import { loadScript } from "./script.js";

const nameOf = (track) => track.originalVideoId ?? "";
const soundOf = (track) => `${track.language}/${track.label}/${track.channelsCount}`;

// `settings(shaka)` are Shaka's own; `on` hears of rungs, soundtracks and errors, `failed(fatal)` of
// errors too. Of another rung `replaced` seconds ahead stay as they are, and the rest is fetched anew; all
// that is fetched stays where none are given.
export async function withShaka(video, settings, on, { replaced = null, failed = () => {} } = {}) {
  await loadScript(new URL("vendor/shaka-player.compiled.js", import.meta.url));
  const shaka = window.shaka;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  player.configure(settings(shaka));

  function ladder() {
    const byName = new Map();
    for (const track of player.getVariantTracks()) {
      if (!nameOf(track) || byName.has(nameOf(track))) continue;
      byName.set(nameOf(track), {
        name: nameOf(track),
        width: track.width,
        height: track.height,
        kbps: Math.round((track.videoBandwidth || track.bandwidth) / 1000),
        frameRate: track.frameRate,
      });
    }
    return [...byName.values()];
  }

  const active = () => player.getVariantTracks().find((track) => track.active);

  function tell() {
    on.ladder(ladder());
    if (active() && nameOf(active())) on.rung(nameOf(active()));
    const tracks = player.getAudioTracks();
    const heard = tracks.find((track) => track.active);
    on.sounds(
      tracks.map((t) => ({ id: soundOf(t), label: t.label || t.language, channels: t.channelsCount ?? 0 })),
      heard ? soundOf(heard) : null,
    );
  }

  // "adaptation" is the player's own choice, "variantchanged" ours.
  for (const what of ["adaptation", "variantchanged", "trackschanged", "audiotrackschanged"]) {
    player.addEventListener(what, tell);
  }
  player.addEventListener("error", ({ detail }) => {
    const fatal = detail.severity === shaka.util.Error.Severity.CRITICAL;
    on.error({ fatal, what: `Shaka ${detail.code}: ${detail.message}` });
    failed(fatal);
  });

  async function load(url, start = null) {
    try {
      await player.load(url, start);
    } catch (error) {
      on.error({ fatal: true, what: `Shaka ${error.code ?? ""}: ${error.message}` });
      throw error;
    }
    tell();
  }

  const verbs = {
    estimateKbps: () => Math.round(player.getStats().estimatedBandwidth / 1000) || 0,
    chooseRung: (name) => {
      player.configure("abr.enabled", name === null);
      if (name === null) return;
      const same = player.getVariantTracks().filter((track) => nameOf(track) === name);
      const wanted = same.find((t) => active() && t.audioId === active().audioId) ?? same[0];
      if (wanted) player.selectVariantTrack(wanted, replaced !== null, replaced ?? 0);
    },
    chooseSound: (id) => {
      const wanted = player.getAudioTracks().find((track) => soundOf(track) === id);
      if (wanted) player.selectAudioTrack(wanted);
    },
    destroy: () => player.destroy(),
  };
  return { shaka, player, active, load, verbs };
}
