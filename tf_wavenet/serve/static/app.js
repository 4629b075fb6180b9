// The page: what is chosen, what is heard, what is shown. body[data-state] tells how far it is:
// loading, idle, waiting (for the first chunk), buffering, playing, done, stopped, error.

import { Player } from "./player.js";
import { Waveform } from "./waveform.js";
import { floats, wavFile } from "./wav.js";

const byId = (id) => document.getElementById(id);
const waveform = new Waveform(byId("waveform"));
const player = new Player(onReport);
const original = new Audio();
let library, utterance;

function setState(state, text) {
  document.body.dataset.state = state;
  byId("status").textContent = text;
  const active = ["waiting", "buffering", "playing"].includes(state);
  byId("stop").disabled = !active;
  byId("speak").disabled = state === "loading";
}

// What is chosen.

const chosenVoice = () => library.voices.find((voice) => voice.name === byId("voice").value);

function chosenSource() {
  const radio = document.querySelector('input[name="source"]:checked');
  return radio && { kind: radio.dataset.kind, id: radio.value, name: radio.dataset.name };
}

function showVoice() {
  const voice = chosenVoice();
  byId("speaker").replaceChildren(...voice.speakers.map((name) => new Option(name)));
  byId("speaker-field").hidden = voice.speakers.length === 0;
  byId("temperature").value = Number(voice.temperature.toFixed(3));
  byId("voice-facts").textContent =
    `${voice.precision}, ${voice.layers} layers, ${voice.residual_channels} residual and ` +
    `${voice.skip_channels} skip channels, ${voice.sample_rate_hz / 1000} kHz`;
  player.prepare(voice.sample_rate_hz).catch(fail);
}

function sourceChoice(kind, id, text, seconds) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "source", value: id });
  Object.assign(radio.dataset, { kind, name: kind === "recording" ? text.replace(/\.[^.]*$/, "") : id });
  const words = Object.assign(document.createElement("span"), { textContent: text });
  words.classList.toggle("own", kind === "recording");
  const length = Object.assign(document.createElement("span"), { className: "seconds", textContent: `${seconds.toFixed(1)} s` });
  label.append(radio, words, length);
  return label;
}

async function load() {
  library = await (await answered(fetch("/api/library"))).json();
  byId("voice").replaceChildren(...library.voices.map((voice) => new Option(voice.name)));
  const choices = library.sentences.map(({ id, text, seconds }) => sourceChoice("sentence", id, text, seconds));
  byId("sources").append(...choices);
  choices[0]?.querySelector("input").click();
  byId("limits").textContent = `wav, flac, ogg, mp3 · up to ${library.limits.max_seconds} s and ${library.limits.max_upload_mb} MB`;
  showVoice();
  byId("original").disabled = !choices.length;
  setState("idle", "Ready");
}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? `The server answers ${response.status}.`);
}

async function upload(file) {
  showUploadMessage("");
  const { max_upload_mb } = library.limits;
  try {
    if (file.size > max_upload_mb * 2 ** 20) throw new Error(`the file is larger than ${max_upload_mb} MB, which is the limit`);
    document.body.dataset.upload = "under way";
    const { id, seconds } = await (await answered(fetch("/api/recordings", { method: "POST", body: file }))).json();
    const choice = sourceChoice("recording", id, file.name, seconds);
    byId("sources").querySelector("legend").after(choice);
    choice.querySelector("input").click();
    choice.querySelector("input").focus();
    byId("sources").scrollTop = 0;
    byId("original").disabled = false;
  } catch (error) {
    showUploadMessage(`${file.name}: ${error.message}`);
  } finally {
    delete document.body.dataset.upload;
  }
}

function showUploadMessage(text) {
  byId("upload-message").textContent = text;
  byId("upload-message").hidden = !text;
}

// What is heard.

async function speak() {
  stop();
  original.pause();
  const voice = chosenVoice(), source = chosenSource();
  if (!source) return setState("error", "Choose what to say first.");
  const mine = (utterance = { pieces: [], rateHz: voice.sample_rate_hz, samples: 0, received: 0, asked: performance.now() });
  mine.name = `${voice.name}-${source.name}.wav`;
  mine.wanted = {
    voice: voice.name,
    [source.kind]: source.id,
    seed: byId("seed").valueAsNumber,
    temperature: byId("temperature").valueAsNumber,
  };
  if (voice.speakers.length) mine.wanted.speaker = byId("speaker").value;
  clearFigures();
  setState("waiting", "Waiting for the first chunk …");
  try {
    if (await player.begin(voice.sample_rate_hz)) connect(mine);
  } catch (error) {
    fail(error);
  }
}

// One connection speaks one utterance; closing it is how the server is told to stop.
function connect(mine) {
  const connection = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  connection.binaryType = "arraybuffer";
  connection.onopen = () => connection.send(JSON.stringify(mine.wanted));
  connection.onmessage = ({ data }) => {
    if (utterance !== mine) return;
    if (data instanceof ArrayBuffer) onSamples(mine, data);
    else onMessage(mine, JSON.parse(data));
  };
  connection.onclose = () => {
    if (utterance === mine && !mine.complete) fail(new Error("The connection to the server broke off."));
  };
  mine.connection = connection;
}

function onMessage(mine, message) {
  if (message.type === "start") {
    mine.samples = message.samples;
    waveform.begin(message.samples);
  } else if (message.type === "progress") {
    byId("factor").textContent = `${(message.generated_seconds / message.engine_seconds).toFixed(1)} ×`;
    byId("listeners").textContent = message.beside;
    showGenerated(mine);
  } else if (message.type === "end") {
    mine.complete = true;
    player.end();
    offerDownload(mine);
  } else if (message.type === "error") {
    fail(new Error(message.message));
  }
}

function onSamples(mine, data) {
  mine.pieces.push(data);
  const samples = floats(data);
  mine.received += samples.length;
  waveform.push(samples);
  player.push(samples);
}

function onReport({ state, played, buffered, gaps }) {
  waveform.setPlayed(played);
  if (played && !utterance.heard) {
    utterance.heard = performance.now() - utterance.asked;
    byId("first-sound").textContent = `${Math.round(utterance.heard)} ms`;
  }
  byId("buffer").textContent = `${(buffered / utterance.rateHz).toFixed(2)} s`;
  byId("gaps").textContent = gaps;
  Object.assign(document.body.dataset, { played, gaps });
  if (state === "done") setState("done", "Done");
  else if (state === "playing") setState("playing", utterance.complete ? "Playing" : "Playing while it is generated");
  else if (played) setState("buffering", "Buffering: the voice is slower than real time");
}

function stop() {
  if (!utterance) return;
  const { connection } = utterance;
  utterance = undefined;
  player.stop();
  connection?.close();
}

function stopped() {
  if (byId("stop").disabled) return;
  stop();
  byId("speak").focus();
  setState("stopped", "Stopped");
}

function fail(error) {
  stop();
  setState("error", error.message);
}

function toggleOriginal() {
  if (!original.paused) return original.pause();
  stopped();
  const source = chosenSource();
  original.src = `/api/${source.kind}s/${source.id}`;
  original.play().catch((error) => {
    if (error.name !== "AbortError") setState("error", `The original cannot be played: ${error.message}`);
  });
}

function showOriginal(isPlaying) {
  byId("original").textContent = isPlaying ? "Stop original" : "Play original";
  byId("original").setAttribute("aria-pressed", isPlaying);
}

// What is shown.

function clearFigures() {
  for (const id of ["factor", "buffer", "first-sound", "generated", "gaps", "listeners"]) byId(id).textContent = "–";
  Object.assign(document.body.dataset, { played: 0, received: 0, gaps: 0 });
  waveform.begin(0);
  const link = byId("download");
  URL.revokeObjectURL(link.href);
  link.removeAttribute("href");
  link.setAttribute("aria-disabled", "true");
}

function showGenerated(mine) {
  const seconds = (samples) => (samples / mine.rateHz).toFixed(1);
  byId("generated").textContent = `${seconds(mine.received)} of ${seconds(mine.samples)} s`;
  document.body.dataset.received = mine.received;
}

function offerDownload(mine) {
  const link = byId("download");
  link.href = URL.createObjectURL(wavFile(mine.pieces, mine.rateHz));
  link.download = mine.name;
  link.setAttribute("aria-disabled", "false");
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});
byId("stop").addEventListener("click", stopped);
byId("original").addEventListener("click", toggleOriginal);
byId("voice").addEventListener("change", showVoice);
byId("sources").addEventListener("change", () => original.pause());
byId("file").addEventListener("change", ({ target }) => {
  if (target.files.length) upload(target.files[0]);
  target.value = ""; // So that the same file may be chosen again.
});
for (const [event, isPlaying] of [["play", true], ["pause", false], ["ended", false]]) {
  original.addEventListener(event, () => showOriginal(isPlaying));
}
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  original.pause();
  stopped();
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  if (event.dataTransfer.files.length) upload(event.dataTransfer.files[0]);
});

load().catch(fail);
