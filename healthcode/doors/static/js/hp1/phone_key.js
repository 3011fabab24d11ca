/** The phone's public key as a certificate carries it: P-256, x and the sign of y (RFC 9053 §7.1.1). */
import { unreadable } from "./refusals.js";

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** x and whether y is odd, from `{1: {1: 2, -1: 1, -2: x, -3: sign}}` and nothing beside it. */
export function fromConfirmation(cnf) {
  const key = cnf instanceof Map && cnf.size === 1 ? cnf.get(1) : null;
  if (!(key instanceof Map) || key.size !== 4) throw unreadable("not a COSE_Key of this format");
  const [x, yIsOdd] = [key.get(-2), key.get(-3)];
  if (key.get(1) !== 2 || key.get(-1) !== 1) throw unreadable("not a P-256 key");
  if (!(x instanceof Uint8Array) || x.length !== 32 || typeof yIsOdd !== "boolean") {
    throw unreadable("not a compressed point");
  }
  return { x, yIsOdd };
}

/** The CryptoKey that verifies for this phone. WebCrypto need not read compressed points, so y is computed here. */
export function publicKey({ x, yIsOdd }) {
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(x, 1);
  point.set(bytesOf(ordinate(numberOf(x), yIsOdd)), 33);
  return crypto.subtle.importKey("raw", point, P256, false, ["verify"]);
}

/** y of the point at x, from y² = x³ − 3x + b; a Refusal when there is no such point. */
function ordinate(x, yIsOdd) {
  if (x >= P) throw unreadable("the phone's key is no point of the curve");
  const square = modulo(x * x * x - 3n * x + B);
  const root = power(square, (P + 1n) / 4n);
  if (modulo(root * root) !== square) throw unreadable("the phone's key is no point of the curve");
  return (root & 1n) === (yIsOdd ? 1n : 0n) ? root : P - root;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = base, rest = exponent; rest; rest >>= 1n, square = modulo(square * square)) {
    if (rest & 1n) result = modulo(result * square);
  }
  return result;
}

function modulo(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function numberOf(bytes) {
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

function bytesOf(number) {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * (31 - at))) & 255n));
}
