// A channel that ends: its MPD becomes static, and says where on the same timeline its only period begins.

const seconds = (duration) => {
  const [, hours = 0, minutes = 0, rest = 0] = /^PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [];
  return 3600 * hours + 60 * minutes + Number(rest);
};

const named = (node, name) => node.children.filter((child) => child.tagName === name);

// Shaka puts the first period of an MPD that became static where its own seek range began, which is 0 here: so it
// is told of a period that begins at 0 with number 0, which says the same of every segment that is there.
export function onOneTimeline() {
  let wasDynamic = false;
  let from = 0;

  function read(mpd) {
    if (mpd.attributes.type === "dynamic") {
      wasDynamic = true;
      return;
    }
    for (const period of named(mpd, "Period")) {
      from = seconds(period.attributes.start);
      if (!wasDynamic) continue;
      period.attributes.start = "PT0S";
      delete period.attributes.duration;
      for (const template of templates(period)) {
        template.attributes.startNumber = "0";
        delete template.attributes.presentationTimeOffset;
      }
    }
  }

  const templates = (period) => named(period, "AdaptationSet")
    .flatMap((set) => named(set, "Representation"))
    .flatMap((representation) => named(representation, "SegmentTemplate"));

  // `from()`: the position before which nothing is there.
  return { read, from: () => from };
}
