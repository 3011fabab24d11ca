/** A code as a picture: correction M, black on pure white, its quiet zone inside the picture. */
import { correction, generate, mode } from "../vendor/lean-qr/index.mjs";

const QUIET = 4; // modules, as ISO/IEC 18004 asks

/**
 * The city's codes are alphanumeric and are refused if they are not; an address has small letters as well, and may be long.
 * `least` is in CSS px a module.
 */
const KINDS = {
  code: { modes: [mode.alphaNumeric], least: 4 },
  any: { modes: [mode.numeric, mode.alphaNumeric, mode.utf8], least: 2 },
};

/**
 * Draw `text` as large as whole pixels allow, at most `room` CSS px wide, with modules never smaller than its kind's least.
 * @param {"code" | "any"} letters
 * @returns {number} the side in CSS px
 */
export function draw(canvas, text, room, letters = "code") {
  const { modes, least } = KINDS[letters];
  const code = generate(text, {
    modes,
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });
  const modules = code.size + 2 * QUIET;
  const density = Math.max(1, Math.round(globalThis.devicePixelRatio ?? 1));
  // Whole device pixels a module: a module of 5.3 px would be 5 here and 6 there.
  const module = Math.max(least * density, Math.floor((room * density) / modules));
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
