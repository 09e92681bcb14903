// What is ticked for comparison is remembered from page to page; a bar at the foot leads to the comparison.
// Without JavaScript the ticks of one list are sent by its form.
const MOST = 4, KEY = "p2ktd-bandingkan";
const boxes = [...document.querySelectorAll('input[name="layanan"][form="bandingkan"]')];
const links = [...document.querySelectorAll("[data-compare]")];
if (boxes.length || links.length) {
  const read = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEY) || "[]");
      return Array.isArray(found) ? found.filter((pick) => pick && /^[0-9A-Z]{1,16}$/.test(pick.code)).slice(0, MOST) : [];
    } catch {
      return [];
    }
  };
  const keep = (picks) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(picks));
    } catch {
      /* a browser that keeps nothing: the form still works */
    }
  };
  const tray = document.createElement("aside");
  tray.className = "compare-tray no-print";
  tray.setAttribute("aria-label", "Layanan yang akan dibandingkan");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const go = document.createElement("a");
  go.className = "btn";
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "btn btn--quiet";
  clear.textContent = "Kosongkan";
  tray.append(said, go, clear);
  const form = document.querySelector("[data-compare-form]");
  const draw = () => {
    const picks = read();
    for (const box of boxes) {
      box.checked = picks.some((pick) => pick.code === box.value);
      box.disabled = picks.length >= MOST && !box.checked;
    }
    for (const link of links) {
      link.textContent = picks.some((pick) => pick.code === link.dataset.compare) ? "Keluarkan dari perbandingan" : "Bandingkan";
    }
    if (form) form.hidden = true;
    if (!picks.length) return tray.remove();
    said.textContent = `${picks.length} dari ${MOST} layanan: ${picks.map((pick) => pick.title).join("; ")}`;
    go.textContent = picks.length > 1 ? "Bandingkan" : "Lihat dan tambah";
    go.href = `/layanan/bandingkan/?${picks.map((pick) => `layanan=${pick.code}`).join("&")}`;
    if (!tray.isConnected) document.querySelector("main").append(tray);
  };
  const toggle = (code, title, on) => {
    const rest = read().filter((pick) => pick.code !== code);
    keep(on && rest.length < MOST ? [...rest, { code, title: String(title).slice(0, 60) }] : rest);
    draw();
  };
  for (const box of boxes) box.addEventListener("change", () => toggle(box.value, box.dataset.compareTitle, box.checked));
  for (const link of links) {
    link.addEventListener("click", (event) => {
      const picks = read();
      const there = picks.some((pick) => pick.code === link.dataset.compare);
      if (!there && picks.length >= MOST) return; // the link itself leads to the comparison
      event.preventDefault();
      toggle(link.dataset.compare, link.dataset.compareTitle, !there);
    });
  }
  clear.addEventListener("click", () => {
    keep([]);
    draw();
  });
  addEventListener("pageshow", draw);
  addEventListener("storage", draw);
  draw();
}
