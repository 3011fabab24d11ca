/**
 * Asking the service at work. A session that ended is no error of what was asked: the sign-in comes back over the page,
 * and then the same question is asked again. A deed whose answer was lost keeps its Idempotency-Key until there is one.
 */
import { ApiProblem, call, newKey } from "/static/js/api.js";

const unanswered = new Map(); // the key of each deed whose answer never came
let comeBack = null;

/** @param {() => Promise<void>} deed resolves when the same person is signed in again */
export function onSignedOut(deed) {
  comeBack = deed;
}

export function read(path) {
  return signedIn(() => call("GET", path));
}

/** What one page asks with a question: the words that the service has for "it is not there" are null. */
export async function readIfThere(path) {
  try {
    return await read(path);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** Do it once, however often it is pressed before an answer is here. Throws ApiProblem or Offline. */
export async function send(path, body) {
  const deed = `${path} ${JSON.stringify(body ?? null)}`;
  const key = unanswered.get(deed) ?? newKey();
  unanswered.set(deed, key);
  try {
    const answer = await signedIn(() => call("POST", path, { body, key }));
    unanswered.delete(deed);
    return answer;
  } catch (error) {
    if (isAnswer(error)) unanswered.delete(deed);
    throw error;
  }
}

/** Take something away; what is gone already is gone, as when an earlier answer was lost. */
export async function remove(path) {
  try {
    await signedIn(() => call("DELETE", path));
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}

/** A refusal is an answer too; a service that was busy has given none. */
function isAnswer(error) {
  return error instanceof ApiProblem && !error.isPassing && error.slug !== "still-running";
}

async function signedIn(ask) {
  try {
    return await ask();
  } catch (error) {
    if (error.status !== 401 || !comeBack) throw error;
    await comeBack();
    return ask();
  }
}
