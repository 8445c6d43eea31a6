// The slider of the CNN's threshold: its points in the ROC figure, and all numbers that belong to them, follow.
import { beaten, meanOf, placeForSensitivity, predictiveValues, ratesOf, tableAt, thresholdsOf } from "./operating_point.js";
import { filled } from "./theme_colours.js";

const language = document.documentElement.lang;
const SPOKEN_AFTER = 400;

const number = (value, digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (value) => (value === null ? "–" : `${number(100 * value, 1)} %`);
const counted = (value) => (Number.isInteger(value) ? String(value) : number(value, 1));
const worded = (text, words) => text.replace(/\{(\w+)\}/g, (_all, name) => words[name]);

class ThresholdPanel {
  constructor(panel) {
    this.panel = panel;
    this.data = JSON.parse(document.getElementById(panel.dataset.threshold).textContent);
    this.figure = panel.closest("[data-figure]");
    this.slider = panel.querySelector("[data-slider]");
    this.choice = panel.querySelector("[data-run]");
    this.prevalence = panel.querySelector("[data-prevalence]");
    this.thresholds = thresholdsOf(this.data.runs);
    this.slider.max = this.thresholds.length - 1;
    panel.hidden = false;
    this.listen();
    this.matchReaders();
  }

  listen() {
    for (const part of [this.slider, this.choice, this.prevalence]) part.addEventListener("input", () => this.show());
    this.panel.querySelector("[data-match]").addEventListener("click", () => this.matchReaders());
    this.figure.addEventListener("figuredrawn", () => this.drawn());
    if (this.figure.dataset.drawn) this.drawn();
  }

  // Where the chosen runs are as sensitive as the readers on average: the comparison of the paper.
  matchReaders() {
    this.slider.value = placeForSensitivity(this.runs, this.thresholds, this.data.mean_sensitivity);
    this.show();
  }

  get runs() {
    return this.choice.value === "" ? this.data.runs : [this.data.runs[Number(this.choice.value)]];
  }

  get threshold() {
    return this.thresholds[Number(this.slider.value)];
  }

  state() {
    const tables = this.runs.map((run) => tableAt(run, this.threshold));
    const rates = tables.map(ratesOf);
    const point = meanOf(rates);
    const prevalence = Math.min(Math.max(Number(this.prevalence.value) / 100, 0), 1);
    return { ...meanOf(tables), ...point, ...beaten(point, this.data.readers), ...predictiveValues(point, prevalence), rates };
  }

  show() {
    const state = this.state();
    const rates = ["sensitivity", "specificity", "ppv", "npv"].map((name) => [name, percent(state[name])]);
    const counts = ["tp", "fn", "tn", "fp", "both", "one", "neither"].map((name) => [name, counted(state[name])]);
    const words = Object.fromEntries([["threshold", number(this.threshold, 4)], ...rates, ...counts]);
    for (const place of this.panel.querySelectorAll("[data-value]")) place.textContent = words[place.dataset.value];
    this.slider.setAttribute("aria-valuetext", words.threshold);
    this.lead();
    this.say(worded(this.panel.dataset.summary, words));
    this.move(state);
  }

  // The case inspector judges the CNN by the same threshold.
  lead() {
    const link = this.panel.querySelector("[data-cases]");
    if (link) link.search = new URLSearchParams({ at: this.threshold });
  }

  // Whoever listens hears where the slider came to rest, and not every step on the way.
  say(text) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => { this.panel.querySelector("[data-spoken]").textContent = text; }, SPOKEN_AFTER);
  }

  drawn() {
    this.plot = this.figure.querySelector("[data-plot]");
    this.first = this.plot.data.length;
    Plotly.addTraces(this.plot, filled(this.traces(this.state())));
  }

  traces(state) {
    const each = { x: state.rates.map((one) => 1 - one.specificity), y: state.rates.map((one) => one.sensitivity), mode: "markers", hoverinfo: "skip", showlegend: false, marker: { symbol: "circle-open", size: 9, color: "var(--series-1)", line: { width: 1.5 } } };
    const mean = { x: [1 - state.specificity], y: [state.sensitivity], mode: "markers", name: this.panel.dataset.name, hovertemplate: "%{y:.1%} / %{x:.1%}<extra></extra>", marker: { symbol: "star", size: 18, color: "var(--series-1)", line: { color: "var(--surface)", width: 1.5 } } };
    return [each, mean];
  }

  move(state) {
    if (!this.plot) return;
    const moved = this.traces(state);
    Plotly.restyle(this.plot, { x: moved.map((one) => one.x), y: moved.map((one) => one.y) }, [this.first, this.first + 1]);
  }
}

for (const panel of document.querySelectorAll("[data-threshold]")) new ThresholdPanel(panel);
