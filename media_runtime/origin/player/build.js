// Gathers the page and the players' own builds into dist/, which is all that the origin serves.
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const vendored = [
  ["hls.js/dist/hls.min.js", "hls.min.js"],
  ["hls.js/dist/hls.worker.js", "hls.worker.js"],
  ["hls.js/LICENSE", "hls.LICENSE"],
  ["shaka-player/dist/shaka-player.compiled.js", "shaka-player.compiled.js"],
  ["shaka-player/LICENSE", "shaka-player.LICENSE"],
];

rmSync(here("dist"), { recursive: true, force: true });
cpSync(here("src"), here("dist"), { recursive: true });
rmSync(here("dist/parts"), { recursive: true });
// What the pages have in common stands once, in src/parts.
for (const page of readdirSync(here("dist")).filter((name) => name.endsWith(".html"))) {
  const text = readFileSync(here(`dist/${page}`), "utf8");
  writeFileSync(here(`dist/${page}`), text.replace(/^( *)<!-- part (\S+) -->$/gm, (_, indent, name) =>
    readFileSync(here(`src/parts/${name}.html`), "utf8").trimEnd().replace(/^(?=.)/gm, indent)));
}
mkdirSync(here("dist/vendor"), { recursive: true });
for (const [from, to] of vendored) {
  copyFileSync(here(`node_modules/${from}`), here(`dist/vendor/${to}`));
}
