// 16-bit samples as a wav file.

// pieces: ArrayBuffers of 16-bit little-endian samples, one channel. Returns a Blob.
export function wavFile(pieces, rateHz) {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const header = new DataView(new ArrayBuffer(44));
  const text = (offset, word) => [...word].forEach((letter, i) => header.setUint8(offset + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true); // Bytes of this chunk.
  header.setUint16(20, 1, true); // PCM.
  header.setUint16(22, 1, true); // Channels.
  header.setUint32(24, rateHz, true);
  header.setUint32(28, 2 * rateHz, true); // Bytes per second,
  header.setUint16(32, 2, true); // per sample,
  header.setUint16(34, 16, true); // and bits.
  text(36, "data");
  header.setUint32(40, bytes, true);
  return new Blob([header, ...pieces], { type: "audio/wav" });
}

// Returns 16-bit little-endian samples as floats in [-1, 1].
export function floats(buffer) {
  const view = new DataView(buffer);
  return Float32Array.from({ length: buffer.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}
