// A case of the figure opens on a click. With the keyboard the table beside it leads to the same pages.
const template = new URL(location.pathname, location.href);

for (const figure of document.querySelectorAll("[data-figure]")) {
  figure.addEventListener("figuredrawn", () => {
    figure.querySelector("[data-plot]").on("plotly_click", ({ points }) => {
      const id = points[0].customdata;
      if (id) location.assign(new URL(`${encodeURIComponent(id)}/`, template));
    });
  }, { once: true });
}
