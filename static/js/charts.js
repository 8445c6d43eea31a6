// Draws the figures of a page with Plotly, each when it comes near the view: the first of them is there at once.
import { colour, filled } from "./results/theme_colours.js";

const SETTINGS = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["toImage", "lasso2d", "select2d", "autoScale2d"] };
const NEAR = "400px";
const NARROW = 480;
const PAPER = { width: 640, height: 380, square: 700 };

function axis(own = {}) {
  return { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line-strong"), automargin: true, ...own };
}

// On a telephone the legend needs more room than the axis leaves it, and all of it has to be seen.
function legendOf(own, width) {
  if (width >= NARROW || own?.orientation !== "h") return own;
  return { ...own, yref: "container", y: 0, yanchor: "bottom", maxheight: 0.6, font: { size: 11 } };
}

function themed(layout, width) {
  return {
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour("--text") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 16, t: 16, b: 56 },
    separators: document.documentElement.lang === "de" ? ",." : ".,",
    hoverlabel: { bgcolor: colour("--surface"), bordercolor: colour("--line-strong"), font: { color: colour("--text") } },
    ...layout,
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
    legend: legendOf(layout.legend, width),
  };
}

async function draw(figure) {
  const plot = figure.querySelector("[data-plot]");
  const { data, layout } = JSON.parse(document.getElementById(plot.dataset.plot).textContent);
  try {
    await Plotly.react(plot, filled(data), filled(themed(layout, plot.clientWidth)), SETTINGS);
    figure.dataset.drawn = "true";
    figure.dispatchEvent(new CustomEvent("figuredrawn", { bubbles: true }));
  } catch (error) {
    plot.textContent = `${plot.dataset.failed} (${error.message})`;
  }
}

async function download(figure, format) {
  if (!figure.dataset.drawn) await draw(figure);
  const plot = figure.querySelector("[data-plot]");
  await Plotly.downloadImage(plot, { format, filename: figure.dataset.figure, width: 1000, height: 900, scale: format === "png" ? 3 : 1 });
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    watcher.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: NEAR });

function takeUp(part) {
  for (const figure of part.querySelectorAll("[data-figure]")) {
    if (figure.dataset.taken) continue;
    figure.dataset.taken = "true";
    for (const button of figure.querySelectorAll("[data-download]")) {
      button.hidden = false;
      button.addEventListener("click", () => download(figure, button.dataset.download));
    }
    watcher.observe(figure);
  }
}

const figures = (chosen) => [...document.querySelectorAll(`[data-figure]${chosen}`)];
takeUp(document);
document.addEventListener("htmx:afterSwap", () => takeUp(document));
document.addEventListener("themechange", () => figures("[data-drawn]").forEach(draw));

// On paper all of them stand, also those that nobody has scrolled to, in the width of an A4 page.
addEventListener("beforeprint", () => {
  for (const figure of figures("")) {
    if (!figure.dataset.drawn) draw(figure);
    const plot = figure.querySelector("[data-plot]");
    Plotly.relayout(plot, { width: PAPER.width, height: plot.classList.contains("square") ? PAPER.square : PAPER.height });
  }
});
addEventListener("afterprint", () => {
  for (const figure of figures("[data-drawn]")) Plotly.relayout(figure.querySelector("[data-plot]"), { width: null, height: null, autosize: true });
});
