// Colours named var(--…) are those of the style sheet, in the theme that is shown now.
const VARIABLE = /^var\((--[\w-]+)\)$/;

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The same structure with every named colour filled in.
export function filled(value) {
  if (typeof value === "string") {
    const match = value.match(VARIABLE);
    return match ? colour(match[1]) : value;
  }
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(filled);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part)]));
  return value;
}
