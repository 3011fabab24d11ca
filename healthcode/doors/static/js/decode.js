/** From pixels to texts: zxing-wasm from our own address, or jsQR where WebAssembly does not run. */

const WASM = "/static/vendor/zxing-wasm/";
const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4 };

let reading = null;

/** @param {ImageData} image @returns {Promise<string[]>} the texts of the QR codes in it that are meant */
export async function codesIn(image) {
  reading ??= withZxing().catch(withJsQr);
  const read = await reading;
  return meant(await read(image));
}

/** A code alone was held up, whatever it is; beside others, posters and packets, only the city's are meant. */
export function meant(texts) {
  return texts.length > 1 ? texts.filter((text) => /^HPS?1:/.test(text)) : texts;
}

/** The texts in a picture file, whatever its size. Throws when the browser cannot read the picture. */
export async function codesInFile(file) {
  const bitmap = await createImageBitmap(file);
  // A photograph of 12 megapixels says no more than a quarter of it.
  for (const side of [1600, 800]) {
    const found = await codesIn(pixels(bitmap, Math.min(1, side / Math.max(bitmap.width, bitmap.height))));
    if (found.length) return found;
  }
  return [];
}

function pixels(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff"; // a transparent picture is meant on white
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function withZxing() {
  const { prepareZXingModule, readBarcodes } = await import("../vendor/zxing-wasm/reader/index.js");
  // Without locateFile the library would fetch its WebAssembly from a CDN.
  await prepareZXingModule({ overrides: { locateFile: (name) => WASM + name }, fireImmediately: true });
  return async (image) => (await readBarcodes(image, OPTIONS)).filter((found) => found.isValid).map((found) => found.text);
}

async function withJsQr() {
  await import("../vendor/jsqr/jsQR.js");
  return async ({ data, width, height }) => {
    const found = globalThis.jsQR(data, width, height);
    return found ? [found.data] : [];
  };
}
