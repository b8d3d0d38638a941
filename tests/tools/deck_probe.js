// Steps through a deck as a speaker does, and reports what is wrong.
const wrong = new Set(window.errors);
const seen = new Set();

function look() {
  const slide = Reveal.getCurrentSlide();
  const { h, v } = Reveal.getIndices();
  const say = (what) => wrong.add(`slide ${h}/${v || 0}: ${what}`);
  seen.add(slide);
  if (slide.scrollHeight > 720) say(`${slide.scrollHeight} pixels high`);
  if (slide.scrollWidth > 1280) say(`${slide.scrollWidth} pixels wide`);
  for (const pre of slide.querySelectorAll("pre")) {
    if (pre.scrollWidth > pre.clientWidth + 1) say("code is cut off");
  }
  const top = slide.getBoundingClientRect().top;
  for (const part of slide.querySelectorAll(".jp-Cell")) {
    if (part.closest("aside")) continue;
    const { bottom } = part.getBoundingClientRect();
    if (bottom - top > 690) say("covers its number");
  }
  for (const image of slide.querySelectorAll("img")) {
    if (!image.complete || !image.naturalWidth) say("a picture is missing");
    if (image.alt.length < 40) say("a picture without words");
  }
  const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || text.parentElement.closest("aside")) continue;
    const size = parseFloat(getComputedStyle(text.parentElement).fontSize);
    if (size < 16) say(`${size} pixels: ${text.data.trim().slice(0, 30)}`);
  }
}

function walk() {
  for (let step = 0; step < 1000; step += 1) {
    look();
    const before = JSON.stringify(Reveal.getState());
    Reveal.next();
    if (JSON.stringify(Reveal.getState()) === before) break;
  }
  const slides = Reveal.getSlides();
  for (const entry of performance.getEntriesByType("resource")) {
    if (!entry.name.startsWith("data:")) wrong.add(`asks for ${entry.name}`);
  }
  const report = document.createElement("pre");
  report.textContent = JSON.stringify({
    wrong: [...wrong],
    seen: seen.size,
    slides: slides.length,
    scale: Reveal.getScale(),
    first: slides[0].textContent,
    last: slides[slides.length - 1].textContent,
    fragments: document.querySelectorAll(".fragment").length,
    shown: document.querySelectorAll(".fragment.visible").length,
  });
  document.body.replaceChildren(report);
}

Reveal.on("ready", () => setTimeout(walk, 200));
