// What is shown of the CNN in an aided arm, the same way for every case: a text or a bar, as it was locked.
const section = document.getElementById("aid");
const words = document.getElementById("aid-text");
const bar = document.getElementById("aid-bar");
const first = document.getElementById("first-answer");

export function showAid({ aid, first_answer: answered }) {
  if (!section) return;
  section.hidden = !aid;
  section.dataset.form = aid?.form ?? "";
  document.getElementById("aid-title").textContent = aid?.heading ?? "";
  words.textContent = aid?.text ?? "";
  words.hidden = aid?.form === "bar";
  bar.hidden = aid?.form !== "bar";
  bar.value = aid?.percent ?? 0;
  bar.textContent = "";
  first.hidden = !answered;
  document.getElementById("first-answer-words").textContent = answered ?? "";
}

// The time for which the aid was on the screen and could be seen; null for an answer without it.
export function exposure({ aid }, { milliseconds_to_commit: shown, milliseconds_hidden: away }) {
  return { milliseconds_aid_shown: aid ? Math.max(0, shown - away) : null };
}
