// DASH by Shaka Player, with the same verbs as hls.js.
import { loadScript } from "./script.js";

export async function playDash(video, url, { start, on }) {
  await loadScript(new URL("vendor/shaka-player.compiled.js", import.meta.url));
  const shaka = window.shaka;
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  player.configure({
    abr: { restrictToElementSize: true },
    streaming: { bufferingGoal: 30, bufferBehind: 60 },
  });

  const nameOf = (track) => track.originalVideoId ?? "";
  const soundOf = (track) => `${track.language}/${track.label}/${track.channelsCount}`;

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

  function tellRung() {
    const active = player.getVariantTracks().find((track) => track.active);
    if (active && nameOf(active)) on.rung(nameOf(active));
  }

  function tellSounds() {
    const tracks = player.getAudioTracks();
    const active = tracks.find((track) => track.active);
    on.sounds(
      tracks.map((t) => ({ id: soundOf(t), label: t.label || t.language, channels: t.channelsCount ?? 0 })),
      active ? soundOf(active) : null,
    );
  }

  // "adaptation" is the player's own choice, "variantchanged" ours.
  for (const what of ["adaptation", "variantchanged"]) player.addEventListener(what, tellRung);
  for (const what of ["audiotrackschanged", "variantchanged"]) player.addEventListener(what, tellSounds);
  player.addEventListener("error", ({ detail }) =>
    on.error({ fatal: detail.severity === shaka.util.Error.Severity.CRITICAL, what: `Shaka ${detail.code}: ${detail.message}` }));

  try {
    // A growing title has an edge; a viewer begins at its start all the same.
    await player.load(url, start);
  } catch (error) {
    on.error({ fatal: true, what: `Shaka ${error.code ?? ""}: ${error.message}` });
    throw error;
  }
  on.ladder(ladder());
  tellRung();
  tellSounds();

  return {
    estimateKbps: () => Math.round(player.getStats().estimatedBandwidth / 1000) || 0,
    chooseRung: (name) => {
      player.configure("abr.enabled", name === null);
      if (name === null) return;
      const sound = player.getVariantTracks().find((track) => track.active);
      const same = player.getVariantTracks().filter((track) => nameOf(track) === name);
      const wanted = same.find((t) => sound && t.audioId === sound.audioId) ?? same[0];
      // What lies more than a second ahead is replaced; what is on screen stays.
      if (wanted) player.selectVariantTrack(wanted, true, 1);
    },
    chooseSound: (id) => {
      const wanted = player.getAudioTracks().find((track) => soundOf(track) === id);
      if (wanted) player.selectAudioTrack(wanted);
    },
    destroy: () => player.destroy(),
  };
}
