// The arrow keys lead to the next case of the list and to the one before.
const KEYS = { ArrowRight: "next", ArrowLeft: "prev" };
// What uses these keys itself: fields, tables that scroll, figures.
const OWN_KEYS = "input, select, textarea, [contenteditable], .table-scroll, .topics, [data-plot] *";

addEventListener("keydown", (event) => {
  const way = KEYS[event.key];
  if (!way || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest?.(OWN_KEYS)) return;
  document.querySelector(`a[rel="${way}"]`)?.click();
});
