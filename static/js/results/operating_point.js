// A run of the CNN at a threshold: the same counts and rates as the server's, from the points of its empirical ROC.

// Rates are fractions of case counts: two that differ by less differ by rounding alone (as on the server).
const SAME_RATE = 1e-12;

// The 2 × 2 table of "score >= threshold" of one run.
export function tableAt(run, threshold) {
  let last = 0;
  while (last + 1 < run.threshold.length && run.threshold[last + 1] >= threshold) last += 1;
  const tp = Math.round(run.tpf[last] * run.positives);
  const fp = Math.round(run.fpf[last] * run.negatives);
  return { tp, fn: run.positives - tp, tn: run.negatives - fp, fp };
}

export function ratesOf(table) {
  return { sensitivity: table.tp / (table.tp + table.fn), specificity: table.tn / (table.tn + table.fp) };
}

// The mean of each part of several tables, or of several pairs of rates.
export function meanOf(parts) {
  return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, parts.reduce((sum, one) => sum + one[name], 0) / parts.length]));
}

// For how many readers [sensitivity, specificity] the point is better in both rates, in one, in neither.
export function beaten(point, readers) {
  const counts = [0, 0, 0];
  for (const [sensitivity, specificity] of readers) {
    counts[Number(point.sensitivity > sensitivity + SAME_RATE) + Number(point.specificity > specificity + SAME_RATE)] += 1;
  }
  return { both: counts[2], one: counts[1], neither: counts[0] };
}

// Predictive values by Bayes' theorem at a prevalence; null where nobody is called positive, or negative.
export function predictiveValues({ sensitivity, specificity }, prevalence) {
  const called = sensitivity * prevalence + (1 - specificity) * (1 - prevalence);
  const passed = specificity * (1 - prevalence) + (1 - sensitivity) * prevalence;
  return {
    ppv: called > 0 ? (sensitivity * prevalence) / called : null,
    npv: passed > 0 ? (specificity * (1 - prevalence)) / passed : null,
  };
}

// Every threshold at which any of the runs changes, from the lowest to the highest, and one above all scores.
export function thresholdsOf(runs) {
  const all = [...new Set(runs.flatMap((run) => run.threshold.slice(1)))].sort((a, b) => a - b);
  const top = all[all.length - 1];
  return [...all, top + (Math.abs(top) || 1) * 1e-6];
}

// The place of the highest threshold at which the runs are on average at least so sensitive.
export function placeForSensitivity(runs, thresholds, target) {
  let low = 0;
  let high = thresholds.length - 1;
  const reaches = (place) => meanOf(runs.map((run) => ratesOf(tableAt(run, thresholds[place])))).sensitivity >= target - SAME_RATE;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (reaches(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
