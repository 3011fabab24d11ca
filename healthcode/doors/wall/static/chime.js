/** Two notes for a call. Browsers let a page sound only after it was touched once: until then the page says that it is mute. */

const NOTES = [[880, 0], [660, 0.35]];
const LENGTH = 0.9; // seconds

let context = null;

export function isHeard() {
  return context?.state === "running";
}

/** To be called from a touch or a key. */
export async function allowSound() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  if (context?.state === "suspended") await context.resume().catch(() => {});
}

export function chime() {
  if (!isHeard()) return;
  for (const [pitch, after] of NOTES) note(pitch, context.currentTime + after);
}

function note(pitch, at) {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0.4, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + LENGTH);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + LENGTH);
}
