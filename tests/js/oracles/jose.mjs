// What jose says of tokens: [{token, jwk, issuer, typ, now}] on standard input (now in seconds); on standard output, in the
// same order, the claims of each that it takes for signed by that key, and for every other the code of its error.
// With {sign: claims, header, secret} instead, it makes a token with that secret: the forgery that must not be read.

import { readFileSync } from "node:fs";

import { SignJWT, importJWK, jwtVerify } from "../../vendor/jose/jose.mjs";

async function answer({ token, jwk, issuer, typ, now, sign, header, secret }) {
  if (sign) return new SignJWT(sign).setProtectedHeader(header).sign(new TextEncoder().encode(secret));
  try {
    const options = { algorithms: ["ES256"], issuer, typ, currentDate: new Date(now * 1000) };
    return (await jwtVerify(token, await importJWK(jwk, "ES256"), options)).payload;
  } catch (refused) {
    return refused.code ?? refused.name;
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const one of asked) answers.push(await answer(one));
process.stdout.write(JSON.stringify(answers));
