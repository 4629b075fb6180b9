// Players of the page: one card for each sentence, one <audio> for each system. One sound at a time; switching keeps
// the place. Keys work on the card that was used last; a checkbox turns them off.
"use strict";

(() => {
  document.documentElement.classList.add("js");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const loop = document.getElementById("loop");
  const shortcuts = document.getElementById("shortcuts");
  const status = document.getElementById("status");
  const STEP_SECONDS = 0.5;
  const CALM_MS = 250; // How often the cursor moves for those who asked for less motion.

  class Card {
    constructor(element) {
      this.element = element;
      this.picks = [...element.querySelectorAll(".pick")];
      this.audios = [...element.querySelectorAll("audio")];
      this.bases = [...element.querySelectorAll(".base")];
      this.toggleButton = element.querySelector(".toggle");
      this.seekInput = element.querySelector(".seek");
      this.seconds = Number(element.dataset.seconds);
      this.active = Math.max(0, this.picks.findIndex((button) => button.getAttribute("aria-pressed") === "true"));
      this.base = this.bases[0]?.dataset.base;
      this.painted = 0;

      this.audios.forEach((audio, index) => {
        audio.controls = false;
        audio.addEventListener("ended", () => index === this.active && this.ended());
        for (const name of ["play", "pause", "seeked"]) audio.addEventListener(name, () => this.show());
      });
      this.picks.forEach((button, index) =>
        button.addEventListener("click", () => (index === this.active && this.playing ? this.pause() : this.pick(index, true))));
      this.toggleButton.addEventListener("click", () => this.toggle());
      this.seekInput.addEventListener("input", () => this.seek(Number(this.seekInput.value)));
      this.bases.forEach((button) => button.addEventListener("click", () => { this.base = button.dataset.base; this.show(); }));
      for (const frame of element.querySelectorAll(".frame")) this.followPointer(frame);
      element.addEventListener("focusin", () => makeCurrent(this));
      element.addEventListener("pointerdown", () => makeCurrent(this));
      this.show();
    }

    get audio() { return this.audios[this.active]; }
    get playing() { return !this.audio.paused; }

    pick(index, play = this.playing) {
      const before = this.audio;
      if (index !== this.active) {
        const at = before.currentTime;
        before.pause();
        this.active = index;
        this.audio.currentTime = at;
        status.textContent = this.picks[index].dataset.name;
        // Else the space bar would press the button of the system that spoke before.
        if (this.picks.includes(document.activeElement)) this.picks[index].focus();
      }
      if (play) this.play();
      this.show();
    }

    play() {
      makeCurrent(this);
      for (const card of cards) if (card !== this) card.pause();
      this.audio.play().catch((error) => { status.textContent = `cannot play: ${error.message}`; });
    }

    pause() { this.audio.pause(); }
    toggle() { this.playing ? this.pause() : this.play(); }

    seek(seconds) {
      this.audio.currentTime = Math.max(0, Math.min(seconds, this.seconds - 0.001));
      this.paint();
    }

    ended() {
      this.audio.currentTime = 0;
      if (loop.checked) this.play();
      this.show();
    }

    followPointer(frame) {
      const seek = (event) => {
        const box = frame.getBoundingClientRect();
        this.seek(this.seconds * (event.clientX - box.left) / box.width);
      };
      frame.addEventListener("pointerdown", (event) => { if (event.button === 0) { frame.setPointerCapture(event.pointerId); seek(event); } });
      frame.addEventListener("pointermove", (event) => { if (frame.hasPointerCapture(event.pointerId)) seek(event); });
    }

    // What depends on who is active and whether it plays.
    show() {
      const system = this.picks[this.active].dataset.system;
      this.picks.forEach((button, index) => button.setAttribute("aria-pressed", String(index === this.active)));
      this.element.querySelector(".active-name").textContent = this.picks[this.active].dataset.name;
      this.element.querySelector(".active-note").textContent = this.picks[this.active].dataset.note;
      this.toggleButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
      this.toggleButton.querySelector("use").setAttribute("href", this.playing ? "#pause" : "#play");
      for (const image of this.element.querySelectorAll("[data-plot=spectrogram] img")) image.hidden = image.dataset.system !== system;
      const differences = [...this.element.querySelectorAll("picture")].filter((picture) => picture.dataset.system === system);
      const has = (base) => differences.some((picture) => picture.dataset.base === base);
      const base = has(this.base) ? this.base : differences[0]?.dataset.base;
      for (const picture of this.element.querySelectorAll("picture")) picture.hidden = !differences.includes(picture) || picture.dataset.base !== base;
      for (const button of this.bases) {
        button.hidden = !has(button.dataset.base);
        button.setAttribute("aria-pressed", String(button.dataset.base === base));
      }
      this.element.querySelector(".minus").style.visibility = differences.length ? "" : "hidden";
      this.element.querySelector(".nothing").hidden = differences.length > 0;
      this.paint();
    }

    // Where it is; again with each frame while it plays.
    paint(now = performance.now()) {
      if (!calm.matches || !this.playing || now - this.painted >= CALM_MS) {
        const at = this.audio.currentTime;
        this.painted = now;
        this.element.style.setProperty("--at", String(Math.min(1, at / this.seconds)));
        this.element.querySelector(".at").textContent = at.toFixed(1);
        this.seekInput.value = String(at);
        this.seekInput.setAttribute("aria-valuetext", `${at.toFixed(1)} of ${this.seconds.toFixed(1)} seconds`);
      }
      if (this.playing && !this.waiting) {
        this.waiting = true;
        requestAnimationFrame((time) => { this.waiting = false; this.paint(time); });
      }
    }
  }

  let current;
  const cards = [...document.querySelectorAll(".sentence")].map((element) => new Card(element));

  function makeCurrent(card) {
    current = card;
    for (const other of cards) other.element.classList.toggle("current", other === card);
  }
  makeCurrent(cards[0]);

  document.addEventListener("keydown", (event) => {
    if (!shortcuts.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const on = event.target.closest("button, a, summary, input, [tabindex]");
    const index = "123456789".indexOf(event.key);
    if (index >= 0 && index < current.picks.length) {
      current.pick(index);
    } else if (event.key === " " && (!on || on === current.seekInput)) {
      if (!event.repeat) current.toggle();
    } else if (event.key.toLowerCase() === "l") {
      loop.checked = !loop.checked;
      status.textContent = loop.checked ? "loop" : "no loop";
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && (!on || on.matches("button, .seek"))) {
      current.seek(current.audio.currentTime + (event.key === "ArrowLeft" ? -STEP_SECONDS : STEP_SECONDS));
    } else {
      return;
    }
    event.preventDefault();
  });
})();
