// What a channel's state means to who watches: a title, a sentence, commands that say more.

const OFF = {
  Starting: ["About to go on air", "The channel has started, and its first seconds are being made. Playback begins by itself."],
  Stale: ["Off air for the moment", "The channel's output has stopped. Playback goes on by itself when it is back."],
  Away: ["Off air for the moment", "No packager of this channel answers. Playback begins by itself when one does."],
};

const hints = (asset) => {
  const [tenant, name] = asset.includes(".") ? asset.split(".") : ["", asset];
  return [
    `kubectl get channels ${tenant ? `-n ${tenant}` : "-A"}`,
    `streamverse status channel/${name}${tenant ? ` -n ${tenant}` : ""}`,
  ];
};

// Of a state in which manifests are errors; null of one in which they play.
export function offAir(told, asset) {
  const words = OFF[told.state];
  return words ? { title: words[0], text: words[1], hints: hints(asset) } : null;
}

export function noChannel({ status, problem }, asset) {
  if (status === 404) {
    return { title: "No such channel", text: `There is no channel ${asset}. If it is being made, this page will begin to play it.`, hints: hints(asset) };
  }
  return { title: "The origin cannot say", text: `${problem}. Trying again.`, hints: [] };
}

const REASONS = { InputLost: "was lost", Erroring: "cannot be decoded", Black: "went black", Frozen: "froze", Silent: "went silent" };

// What is on air, in two words, and whether that is as it should be.
export function onAir(told) {
  if (told.state === "Ended") return { text: "Ended", mood: "warn" };
  if (!told.onAir || offAir(told, "")) return { text: "Off air", mood: "bad" };
  const { kind, input, reason } = told.onAir;
  const why = REASONS[reason] ?? "";
  if (kind === "Slate") return { text: "Slate", mood: "warn", title: "No input is healthy: a slate is on air" };
  if (kind === "Repeat") return { text: `${input} · held`, mood: "warn", title: `The input ${input} ${why || "pauses"}: its last picture is held` };
  return { text: input, mood: "good", title: `The input ${input} is on air` };
}
