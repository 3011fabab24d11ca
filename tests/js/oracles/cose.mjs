// What @auth0/cose says of envelopes: [{data, jwk}] on standard input (data in hex); on standard output, in the same
// order, the payload in hex of each that it takes for signed by that key, and null for every other.

import { readFileSync } from "node:fs";

import { COSEKey, Sign1 } from "../../vendor/auth0-cose/cose.mjs";

async function payload({ data, jwk }) {
  try {
    const envelope = Sign1.decode(Buffer.from(data, "hex"));
    await envelope.verify(await COSEKey.fromJWK({ ...jwk, alg: "ES256" }).toKeyLike(), { algorithms: [-7] });
    return Buffer.from(envelope.payload).toString("hex");
  } catch {
    return null;
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const one of asked) answers.push(await payload(one));
process.stdout.write(JSON.stringify(answers));
