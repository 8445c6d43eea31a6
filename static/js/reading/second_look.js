// What is shown of a case the second time: facts, and buttons that bring its further images into the pane.
const section = document.getElementById("second-look");
const facts = document.getElementById("facts");
const views = document.getElementById("views");

function element(tag, words) {
  const made = document.createElement(tag);
  made.textContent = words;
  return made;
}

function button(words, isShown, press) {
  const made = element("button", words);
  made.type = "button";
  made.className = "tool view";
  made.setAttribute("aria-pressed", String(isShown));
  // Pressed is the button whose image is shown, not one whose image is still on its way.
  made.addEventListener("click", async () => {
    if (!(await press())) return;
    for (const one of views.children) one.setAttribute("aria-pressed", String(one === made));
  });
  return made;
}

// `bring` shows an image in the pane; the first one is that of the position itself.
export function showSecondLook(position, bring) {
  if (!section) return;
  const { facts: known = [], images = [] } = position;
  section.hidden = position.level !== 2;
  facts.replaceChildren(...known.flatMap((fact) => [element("dt", fact.name), element("dd", fact.text)]));
  const further = images.map((image, place) => button(image.view, false, () => bring({ id: `${position.id}/${place + 1}`, image_url: image.image_url })));
  views.replaceChildren(...(further.length ? [button(views.dataset.first, true, () => bring(position)), ...further] : []));
}
