/** Asking for what may not be there, and sending what must not be done twice. */
import { ApiProblem, call, newKey } from "/static/js/api.js";

const SHELF = "deeds";
const REMEMBERED = 10 * 60_000; // ms; later, the same words are a new deed

/** What the service says, or null where it has nothing of the kind: an older one leaves a part of the page out. */
export async function ifThere(path) {
  try {
    return await call("GET", path);
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 404 || error.status === 405)) return null;
    throw error;
  }
}

/**
 * POST a deed. Its Idempotency-Key is kept until there is an answer, so that pressing again after a lost one does
 * nothing twice, even in a page that was opened again. Throws ApiProblem or Offline.
 */
export async function send(path, body) {
  const deed = `${path} ${JSON.stringify(body ?? null)}`;
  const key = keyOf(deed);
  try {
    const answer = await call("POST", path, { body, key });
    forget(deed);
    return answer;
  } catch (error) {
    if (isAnswer(error)) forget(deed);
    throw error;
  }
}

/** A refusal is an answer too; a service that was busy has given none. */
export function isAnswer(error) {
  return error instanceof ApiProblem && !error.isPassing && error.slug !== "still-running";
}

function keyOf(deed) {
  const kept = remembered();
  const known = kept[deed];
  const key = known && Math.abs(Date.now() - known.at) < REMEMBERED ? known.key : newKey();
  remember({ ...kept, [deed]: { key, at: Date.now() } });
  return key;
}

function forget(deed) {
  const kept = remembered();
  delete kept[deed];
  remember(kept);
}

let inMemory = {};

/** Some browsers refuse storage by throwing; the page's own memory then has to do. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(SHELF)) ?? inMemory;
  } catch {
    return inMemory;
  }
}

function remember(kept) {
  inMemory = kept;
  try {
    sessionStorage.setItem(SHELF, JSON.stringify(kept));
  } catch {
    return; // it is in memory
  }
}
