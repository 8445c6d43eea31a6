// Draws every figure of a page with Plotly. Colours named var(--…) are those of the style sheet, in either theme.
const VARIABLE = /^var\((--[\w-]+)\)$/;
const SETTINGS = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The same structure with every named colour filled in.
function filled(value) {
  if (typeof value === "string") {
    const match = value.match(VARIABLE);
    return match ? colour(match[1]) : value;
  }
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(filled);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part)]));
  return value;
}

function axis(own = {}) {
  return { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line-strong"), automargin: true, ...own };
}

function themed(layout) {
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
  };
}

async function draw(figure) {
  const plot = figure.querySelector("[data-plot]");
  const { data, layout } = JSON.parse(document.getElementById(plot.dataset.plot).textContent);
  try {
    await Plotly.react(plot, filled(data), filled(themed(layout)), SETTINGS);
    figure.dataset.drawn = "true";
  } catch (error) {
    plot.textContent = `${plot.dataset.failed} (${error.message})`;
  }
}

async function download(figure, format) {
  const plot = figure.querySelector("[data-plot]");
  await Plotly.downloadImage(plot, { format, filename: plot.dataset.plot, width: 1000, height: 900, scale: format === "png" ? 3 : 1 });
}

const figures = [...document.querySelectorAll("[data-figure]")];
for (const figure of figures) {
  draw(figure);
  for (const button of figure.querySelectorAll("[data-download]")) {
    button.hidden = false;
    button.addEventListener("click", () => download(figure, button.dataset.download));
  }
}
document.addEventListener("themechange", () => figures.forEach(draw));
