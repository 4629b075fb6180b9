// Draws an utterance while it comes: what has been played, what is buffered, and room for the rest.

const BAR = 3, GAP = 2; // CSS pixels.

export class Waveform {
  constructor(canvas) {
    this.canvas = canvas;
    this.begin(0);
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // total: samples of the whole utterance.
  begin(total) {
    this.samples = new Float32Array(total);
    this.generated = this.played = 0;
    this.draw();
  }

  push(samples) {
    this.samples.set(samples.subarray(0, this.samples.length - this.generated), this.generated);
    this.generated = Math.min(this.samples.length, this.generated + samples.length);
    this.draw();
  }

  setPlayed(played) {
    this.played = played;
    this.draw();
  }

  // At most once for each frame that the screen shows.
  draw() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = undefined;
      this.paint();
    });
  }

  paint() {
    const { canvas, samples } = this;
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const colours = getComputedStyle(canvas);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const bars = Math.max(1, Math.floor((width - 16) / (BAR + GAP)));
    const loudest = Math.max(0.25, this.peak(0, this.generated)); // Quiet speech is seen, silence is not blown up.
    for (let bar = 0; bar < bars; bar++) {
      const from = Math.floor((bar * samples.length) / bars), to = Math.floor(((bar + 1) * samples.length) / bars);
      const there = to > 0 && to <= this.generated;
      const size = there ? Math.max(2, (this.peak(from, to) / loudest) * (height - 20)) : 2;
      context.fillStyle = colour(!there ? "--coming" : to <= this.played ? "--accent" : "--buffered");
      context.beginPath();
      context.roundRect(8 + bar * (BAR + GAP), (height - size) / 2, BAR, size, 1.5);
      context.fill();
    }
  }

  peak(from, to) {
    let peak = 0;
    for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(this.samples[i]));
    return peak;
  }
}
