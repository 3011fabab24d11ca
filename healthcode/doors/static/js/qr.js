/** A code as a picture: correction M, black on pure white, its quiet zone inside the picture. */
import { correction, generate, mode } from "../vendor/lean-qr/index.mjs";

const QUIET = 4; // modules, as ISO/IEC 18004 asks
const LEAST = 4; // CSS px a module

/** The city's codes are alphanumeric and are refused if they are not; an address has small letters as well. */
const MODES = { code: [mode.alphaNumeric], any: [mode.numeric, mode.alphaNumeric, mode.utf8] };

/**
 * Draw `text` as large as whole pixels allow, at most `room` CSS px wide and never below 4 px a module.
 * @param {"code" | "any"} letters
 * @returns {number} the side in CSS px
 */
export function draw(canvas, text, room, letters = "code") {
  const code = generate(text, {
    modes: MODES[letters],
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });
  const modules = code.size + 2 * QUIET;
  const density = Math.max(1, Math.round(globalThis.devicePixelRatio ?? 1));
  // Whole device pixels a module: a module of 5.3 px would be 5 here and 6 there.
  const module = Math.max(LEAST * density, Math.floor((room * density) / modules));
  const side = modules * module;
  canvas.width = canvas.height = side;
  canvas.style.width = canvas.style.height = `${side / density}px`;
  paint(canvas.getContext("2d"), code, module, side);
  return side / density;
}

function paint(context, code, module, side) {
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#000000";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) context.fillRect((x + QUIET) * module, (y + QUIET) * module, module, module);
    }
  }
}
