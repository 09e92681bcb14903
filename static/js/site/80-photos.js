// Photos further down a list come when the reader goes there: the first load on a weak line is words.
// Without JavaScript the <noscript> inside each has the picture.
const waiting = document.querySelectorAll("[data-photo]");
if (waiting.length) {
  const show = (place) => {
    const image = new Image(320, 240);
    image.className = place.className;
    image.alt = "";
    image.src = place.dataset.photo;
    place.replaceWith(image);
  };
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    const near = new IntersectionObserver(
      (rows) => {
        for (const row of rows) {
          if (!row.isIntersecting) continue;
          near.unobserve(row.target);
          show(row.target);
        }
      },
      { rootMargin: "400px" },
    );
    for (const place of waiting) near.observe(place);
  };
  for (const sign of ["scroll", "pointermove", "keydown"]) addEventListener(sign, begin, { once: true, passive: true });
}
