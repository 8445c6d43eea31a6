// What is answered on the form: decision and confidence, a number on another scale, why a case cannot be assessed, and
// the further questions. Knows what is still wanted, and when an answer is complete without a press of its own.
import { choose, chosen, form, levels, pane, say, text } from "./room.js";

const BIOPSY = "biopsy / further treatment", NONE = "no further treatment";
const SIX = 6;
const isSix = text.scale === "six_point", isPercent = text.scale === "percent";
const number = isPercent ? form.elements.value : null;
const slider = document.getElementById("slider");
const reasons = document.getElementById("reasons");
const note = form.elements.not_assessable_note;
const questions = [...form.querySelectorAll("[data-question]")].filter((input) => input.type !== undefined);
const after = form.querySelector('.questions[data-moment="after"] [data-question]');

const inputsOf = (ordinal) => questions.filter((input) => input.dataset.question === ordinal);
const ordinals = [...new Set(questions.map((input) => input.dataset.question))];

function answerOf(ordinal) {
  const [first, ...others] = inputsOf(ordinal);
  if (first.dataset.kind === "text") return first.value.trim();
  const numbers = [first, ...others].filter((input) => input.checked).map((input) => Number(input.value));
  return first.dataset.kind === "several" ? numbers : numbers[0] ?? null;
}

const isEmpty = (answer) => answer === null || answer === "" || answer.length === 0;
const further = () => Object.fromEntries(ordinals.map((one) => [one, answerOf(one)]).filter(([, answer]) => !isEmpty(answer)));
const openQuestion = () => ordinals.map((one) => inputsOf(one)[0]).find((input) => input.dataset.needed && isEmpty(answerOf(input.dataset.question)));
const reason = () => chosen("not_assessable_reason")?.value ?? "";

function numberGiven() {
  if (isSix) return chosen("value") ? Number(chosen("value").value) : null;
  if (!isPercent || number.value === "" || !number.checkValidity()) return null;
  return Number(number.value);
}

const isRated = () => (isSix ? numberGiven() !== null : Boolean(chosen("decision")) && (isPercent ? numberGiven() !== null : !levels || Boolean(chosen("confidence"))));

// What is still wanted before the answer can be kept: a sentence and where to give it; null when nothing is.
function wanted() {
  if (reason()) return reason() === "other" && !note.value.trim() ? { say: text.textReason, at: note } : null;
  if (!isRated()) {
    if (isPercent && chosen("decision")) return { say: text.textLikelihood, at: slider };
    return { say: isSix ? text.textRateFirst : text.textDecideFirst, at: null };
  }
  const open = openQuestion();
  return open ? { say: text.textQuestionOpen, at: open } : null;
}

function mark(input) {
  form.querySelectorAll("[data-open]").forEach((field) => field.removeAttribute("data-open"));
  input?.closest(".field")?.setAttribute("data-open", "");
}

function clear(name) {
  form.querySelectorAll(`input[name="${name}"]`).forEach((input) => { input.checked = false; });
}

// Where further questions come after the rating, or the likelihood is set with arrows, a press does not commit.
export const isExplicit = isPercent || Boolean(after);

export function createAnswering({ isBusy, onDecided, commit }) {
  let device = "";

  function goTo({ say: sentence, at }) {
    say(sentence);
    mark(at);
    at?.focus();
  }

  // The rating is there: the next case follows, or the question that is still open.
  function rated() {
    const next = wanted();
    if (next) goTo(next);
    else if (!after && !isPercent) commit();
    else if (after && ordinals.every((one) => isEmpty(answerOf(one)))) { after.focus(); say(text.textExplicit); }
    else say(text.textExplicit);
  }

  function decide(value, by) {
    if (isBusy()) return;
    takeBackReason();
    choose("decision", value);
    device = by;
    onDecided();
    if (isPercent) { if (by !== "arrows") slider.focus(); say(text.textLikelihood); }
    else if (!levels && by !== "arrows") rated();
  }

  function confide(level, by) {
    if (isBusy()) return;
    if (!chosen("decision")) {
      clear("confidence");
      return say(text.textDecideFirst);
    }
    choose("confidence", level);
    device = by;
    rated();
  }

  function press(value, by) {
    if (isBusy()) return;
    takeBackReason();
    choose("value", value);
    device = by;
    onDecided();
    rated();
  }

  function giveReason(value, by) {
    if (isBusy()) return;
    ["decision", "confidence", ...(isSix ? ["value"] : [])].forEach(clear);
    choose("not_assessable_reason", value);
    device = by;
    onDecided();
    const next = wanted();
    if (next) goTo(next);
    else commit();
  }

  function takeBackReason() {
    if (!reasons) return;
    clear("not_assessable_reason");
    note.value = "";
    reasons.open = false;
  }

  function toggleReasons() {
    if (isBusy() || !reasons) return;
    if (reasons.open) return takeBackReason();
    reasons.open = true;
    form.elements.not_assessable_reason[0].focus();
  }

  // What the digits mean goes by what is open: the reasons, the six points, or the confidence.
  function digit(place, by) {
    if (reasons?.open) return giveReason(form.elements.not_assessable_reason[place - 1].value, by);
    return isSix ? press(place, by) : confide(place, by);
  }

  // A choice made by pointer is final; one made with arrows inside a group waits for Enter or the button.
  function clicked(input, pointer) {
    const by = pointer ?? "arrows";
    if (input.name === "decision") return decide(input.value, by);
    device = by;
    if (input.name === "not_assessable_reason") return pointer ? giveReason(input.value, pointer) : say(text.textEnter);
    if (input.name === "confidence") return pointer ? confide(Number(input.value), pointer) : chosen("decision") && say(text.textEnter);
    if (input.name === "value" && isSix) return pointer ? press(Number(input.value), pointer) : say(text.textEnter);
    return null;
  }

  form.addEventListener("change", (event) => { if (event.target.closest("[data-open]")) mark(null); });
  if (slider) {
    slider.hidden = false;
    slider.addEventListener("input", () => { number.value = slider.value; say(text.textExplicit); });
    number.addEventListener("input", () => { if (number.value !== "") slider.value = number.value; });
  }

  const commands = { positive: (by) => decide(BIOPSY, by), negative: (by) => decide(NONE, by), notAssessable: toggleReasons };
  for (let place = 1; place <= SIX; place += 1) commands[`confidence-${place}`] = (by) => digit(place, by);

  return {
    commands,
    clicked,
    digits: () => (reasons?.open || isSix ? SIX : levels),
    // The next case begins at the photograph: where the last one was typed at, keys would go on being letters.
    reset() {
      form.reset();
      mark(null);
      if (slider) slider.value = 50;
      if (document.activeElement?.closest(".questions, .likelihood, .reasons") || document.activeElement?.id === "commit") pane.focus({ preventScroll: true });
      if (reasons) reasons.open = false;
      form.scrollTop = 0;
    },
    // Whether the answer can be kept; where it cannot, the reader is told what is wanted.
    isComplete() {
      const next = wanted();
      if (next) goTo(next);
      return !next;
    },
    body() {
      const why = reason();
      return {
        decision: why ? "" : chosen("decision")?.value ?? "",
        confidence: !why && levels ? Number(chosen("confidence").value) : null,
        value: why ? null : numberGiven(),
        not_assessable_reason: why,
        not_assessable_note: why ? note.value.trim() : "",
        further_answers: further(),
        // Inside a group of radio buttons the arrows are keys too.
        input_device: device === "arrows" ? "keyboard" : device,
      };
    },
  };
}
