// A classic script, once: the players' own builds define a global each.
const loaded = new Map();

export function loadScript(url) {
  const key = String(url);
  if (!loaded.has(key)) {
    loaded.set(key, new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = key;
      element.onload = done;
      element.onerror = () => failed(new Error(`could not load ${key}`));
      document.head.append(element);
    }));
  }
  return loaded.get(key);
}
