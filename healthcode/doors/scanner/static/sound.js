/** A sound and a buzz, different enough to be told apart without looking. Silent where the browser allows neither. */

const TUNES = {
  known: [[880, 0, 0.09], [1320, 0.1, 0.16]],
  offline: [[660, 0, 0.12], [660, 0.2, 0.12]],
  refused: [[196, 0, 0.32]],
};
const BUZZES = { known: [60], offline: [60, 80, 60], refused: [250] };

let context = null;

/** Browsers let a page sound only after it was touched once. */
export function wakeSound() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  if (context?.state === "suspended") context.resume().catch(() => {});
}

export function tell(kind) {
  navigator.vibrate?.(BUZZES[kind]);
  if (context?.state !== "running") return;
  for (const [pitch, after, length] of TUNES[kind]) note(pitch, context.currentTime + after, length);
}

function note(pitch, at, length) {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0.25, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}
