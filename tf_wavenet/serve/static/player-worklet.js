// Plays samples that come in pieces, at the context's rate.
//
// in   {type: "begin", run}  {type: "samples", samples: Float32Array}  {type: "end"}  {type: "stop"}
// out  {run, state: "buffering" | "playing" | "done", played, buffered (samples), gaps}
//
// It begins when `NEEDED_SECONDS` are there. Should it run dry, it waits for twice as much as the last time: better one
// long pause than many short ones.

const NEEDED_SECONDS = 0.1;
const MAX_NEEDED_SECONDS = 3;
const REPORT_SECONDS = 0.05;

class PlayerProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.reset(0);
    this.state = "done";
    this.port.onmessage = ({ data }) => {
      if (data.type === "begin") this.reset(data.run);
      if (data.type === "samples") {
        this.pieces.push(data.samples);
        this.buffered += data.samples.length;
      }
      if (data.type === "end") this.complete = true;
      if (data.type === "stop") this.state = "done";
    };
  }

  reset(run) {
    Object.assign(this, {
      run, state: "buffering", pieces: [], offset: 0, buffered: 0, played: 0, gaps: 0,
      complete: false, needed: NEEDED_SECONDS, reported: 0,
    });
  }

  process(_, outputs) {
    const output = outputs[0][0];
    const before = this.state;
    if (this.state === "buffering" && (this.complete || this.buffered >= this.needed * sampleRate)) {
      this.state = "playing";
    }
    if (this.state === "playing") {
      const count = this.fill(output);
      this.played += count;
      this.buffered -= count;
      if (this.buffered === 0 && this.complete) this.state = "done";
      else if (count < output.length) {
        this.state = "buffering";
        this.gaps += 1;
        this.needed = Math.min(2 * this.needed, MAX_NEEDED_SECONDS);
      }
    }
    if (this.state !== before || (this.state !== "done" && currentTime - this.reported >= REPORT_SECONDS)) this.report();
    return true;
  }

  fill(output) {
    let count = 0;
    while (count < output.length && this.pieces.length) {
      const piece = this.pieces[0];
      const taken = Math.min(output.length - count, piece.length - this.offset);
      output.set(piece.subarray(this.offset, this.offset + taken), count);
      count += taken;
      this.offset += taken;
      if (this.offset === piece.length) {
        this.pieces.shift();
        this.offset = 0;
      }
    }
    return count;
  }

  report() {
    this.reported = currentTime;
    const { run, state, played, buffered, gaps } = this;
    this.port.postMessage({ run, state, played, buffered, gaps });
  }
}

registerProcessor("player", PlayerProcessor);
