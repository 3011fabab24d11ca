// The rules of the browser's side: strict enough for a policy that allows nothing inline and nothing from outside.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const DOORS = fileURLToPath(new URL("../../healthcode/doors/", import.meta.url));
const files = readdirSync(DOORS, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
const scripts = files.filter((name) => name.endsWith(".js") && !name.includes("vendor"));
const templates = files.filter((name) => name.endsWith(".html"));
const text = (name) => readFileSync(path.join(DOORS, name), "utf8");

/** Where an address of the service lies in the tree. */
function fileAt(address) {
  const page = /^\/(portal|scanner|desk|wall)\/static\/(.*)$/.exec(address);
  return page ? `${page[1]}/static/${page[2]}` : address.replace(/^\/static\//, "static/");
}

test("no script turns text into markup or code", () => {
  for (const name of scripts) {
    assert.doesNotMatch(text(name), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.setAttribute\("on/, name);
  }
});

test("no page holds an inline script, style or handler, and none reaches outside", () => {
  for (const name of templates) {
    const page = text(name);
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i, name);
    assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//, name);
  }
  for (const name of scripts) assert.doesNotMatch(text(name), /["'`]https?:\/\//, name);
});

test("every import and every asset of a page is there", () => {
  let count = 0;
  for (const name of scripts) {
    for (const [, wanted] of text(name).matchAll(/(?:from |import\(?\s*)"([^"]+)"/g)) {
      const file = wanted.startsWith("/") ? fileAt(wanted) : path.posix.join(path.posix.dirname(name), wanted);
      assert.ok(existsSync(path.join(DOORS, file)), `${name} imports ${wanted}`);
      count += 1;
    }
  }
  for (const name of templates) {
    for (const [, wanted] of text(name).matchAll(/(?:src|href)="(\/(?:static|portal\/static|scanner\/static|desk\/static|wall\/static)\/[^"{]+)"/g)) {
      assert.ok(existsSync(path.join(DOORS, fileAt(wanted))), `${name} wants ${wanted}`);
      count += 1;
    }
  }
  assert.ok(count > 60);
});

test("what others wrote is what they published, with its licence beside it", () => {
  const listed = [...text("static/vendor/README.md").matchAll(/^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$/gm)];
  const vendored = files.filter((name) => /^static\/vendor\/.*\.(js|mjs|wasm)$/.test(name));
  assert.equal(listed.length, vendored.length);
  for (const [, name, digest] of listed) {
    const bytes = readFileSync(path.join(DOORS, "static/vendor", name));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), digest, name);
    assert.ok(existsSync(path.join(DOORS, "static/vendor", name.split("/")[0], "LICENSE")), name);
  }
});
