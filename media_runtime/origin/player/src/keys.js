// Keyboard control, as viewers know it from elsewhere.
export function keys({ toggle, step, louder, mute, full, panel, jump }) {
  const acts = {
    " ": toggle, k: toggle,
    ArrowLeft: () => step(-5), ArrowRight: () => step(5), j: () => step(-10), l: () => step(10),
    ArrowUp: () => louder(0.05), ArrowDown: () => louder(-0.05),
    m: mute, f: full, i: panel,
    Home: () => jump(0), End: () => jump(1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest("input");
    // A focused button acts on space itself.
    if (inField || (event.key === " " && event.target.closest("button"))) return;
    const act = acts[event.key] ?? (/^[0-9]$/.test(event.key) ? () => jump(Number(event.key) / 10) : null);
    if (!act) return;
    act();
    event.preventDefault();
  });
}
