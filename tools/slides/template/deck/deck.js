// Starts the deck. Each slide is set as large as it can be: what is short can
// be read from the last row, what is full shrinks to code of 16 pixels of 720.
const LARGEST = 114; // per cent
const SMALLEST = 80;
const ROOM = 670; // what is below belongs to the slide's number

function fits(slide) {
  const parts = [...slide.children].filter((part) => part.matches("div"));
  const lowest = parts.map((part) => part.offsetTop + part.offsetHeight);
  const code = [...slide.querySelectorAll("pre")];
  return (
    Math.max(...lowest) <= ROOM &&
    slide.scrollHeight <= slide.clientHeight &&
    code.every((pre) => pre.scrollWidth <= pre.clientWidth + 1)
  );
}

function fit(slide) {
  for (let size = LARGEST; size >= SMALLEST; size -= 2) {
    slide.style.setProperty("--fit", size / 100);
    if (fits(slide)) return;
  }
}

function fitAll() {
  const deck = document.querySelector(".reveal");
  deck.classList.add("measuring");
  deck.querySelectorAll("section section").forEach(fit);
  deck.classList.remove("measuring");
}

// Before all else, so that a deck may be printed at any moment; and again when
// the browser has found its fonts for rare letters.
fitAll();
window.addEventListener("load", fitAll);

Reveal.initialize({
  width: 1280,
  height: 720,
  margin: 0,
  center: false,
  hash: true,
  progress: true,
  slideNumber: "c/t",
  controlsLayout: "edges",
  transition: "none",
  plugins: [RevealNotes],
});
