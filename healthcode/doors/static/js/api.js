/** Asking the service: JSON both ways, problems as RFC 9457 says them, and one plain word for "no network". */
import { language } from "./words.js";

const PATIENCE = 8000; // ms; a bad line shall not leave anybody looking at a still page

/** The service said no, in words for this person: `title`, sometimes `detail` and `errors`; `slug` is for programs. */
export class ApiProblem extends Error {
  constructor(status, body, retryAfter) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.slug = String(body.type ?? "").replace("/problems/", "");
    this.title = body.title ?? "";
    this.detail = body.detail ?? (body.errors ?? []).map((error) => error.detail).join("; ");
    this.errors = body.errors ?? [];
    this.body = body;
    this.retryAfter = retryAfter; // seconds, or null
  }

  /** The same question may well be answered later. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** Nobody answered in time. Whether the question arrived is not known. */
export class Offline extends Error {
  name = "Offline";
}

/**
 * @param {string} path below /api/v1 when it begins with a slash
 * @param {{body?: object, token?: string, key?: string, patience?: number}} options `key` is the Idempotency-Key:
 *   give the same one when the same deed is sent again; every other POST gets one of its own
 */
export async function call(method, path, { body, token, key, patience = PATIENCE } = {}) {
  const headers = { Accept: "application/json, application/problem+json", "Accept-Language": language() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  if (method === "POST") headers["Idempotency-Key"] = key ?? newKey();
  const { response, text } = await answer(`/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: token ? "omit" : "same-origin",
    patience,
  });
  if (!response.ok) throw new ApiProblem(response.status, parsed(text), seconds(response.headers.get("Retry-After")));
  return text ? JSON.parse(text) : null;
}

/** One of the city's signed statements, as text. */
export async function statement(name, query = "") {
  const { response, text } = await answer(`/.well-known/healthcode/${name}${query}`, { patience: PATIENCE, cache: "no-store" });
  if (!response.ok) throw new ApiProblem(response.status, {}, null);
  return text;
}

export function newKey() {
  return globalThis.crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16))).join("-");
}

/** Patience covers the body too: on a bad line the head may come and the rest never. */
async function answer(url, { patience, ...request }) {
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), patience);
  try {
    const response = await fetch(url, { ...request, signal: impatience.signal });
    return { response, text: await response.text() };
  } catch {
    throw new Offline();
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function seconds(header) {
  return /^[0-9]{1,6}$/.test(header ?? "") ? Number(header) : null;
}
