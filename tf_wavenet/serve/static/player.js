// The browser's audio: one AudioContext at the voice's rate, and the worklet in it.

export class Player {
  // onReport: called with each report of the worklet about the current run (player-worklet.js).
  constructor(onReport) {
    this.onReport = onReport;
    this.run = 0;
    this.ready = null;
    this.rateHz = 0;
  }

  // Makes the context, ahead of time: it takes longer than the first chunk. It starts with the first `begin`.
  prepare(rateHz) {
    if (rateHz === this.rateHz) return this.ready;
    this.context?.close();
    this.rateHz = rateHz;
    this.context = new AudioContext({ sampleRate: rateHz, latencyHint: "interactive" });
    this.ready = this.open(this.context);
    return this.ready;
  }

  async open(context) {
    await context.audioWorklet.addModule("/static/player-worklet.js");
    const node = new AudioWorkletNode(context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(context.destination);
    node.port.onmessage = ({ data }) => {
      if (data.run === this.run) this.onReport(data);
    };
    this.node = node;
  }

  // Must be called by a click or a key, else browsers stay silent.
  async begin(rateHz) {
    const run = ++this.run;
    const ready = this.prepare(rateHz);
    this.context.resume();
    await ready;
    if (run === this.run) this.node.port.postMessage({ type: "begin", run });
    return run === this.run;
  }

  push(samples) {
    this.node.port.postMessage({ type: "samples", samples }, [samples.buffer]);
  }

  end() {
    this.node.port.postMessage({ type: "end" });
  }

  stop() {
    this.run += 1;
    this.node?.port.postMessage({ type: "stop" });
  }
}
