/** Every length of time in the format, in seconds, and what it means to be inside it. Nobody here asks a clock. */
import { expired, notReady } from "./refusals.js";

/** A phone's clock may run this far ahead of the verifier's … */
export const SHOWING_AHEAD = 30;
/** … and a showing (or a ticket) lives this long: a screenshot is worthless afterwards. */
export const SHOWING_AGE = 60;
/** How often a phone signs a new showing while its code is on the screen. */
export const RESIGN_EVERY = 15;
export const CERTIFICATE_LIFE = 24 * 3600;
/** A certificate begins this much before its 24 hours, so that one day's may overlap the next. */
export const CERTIFICATE_SLACK = 5 * 60;
/** A station's request may be answered this long: read the name, think, press, hold the phone up again. */
export const REQUEST_LIFE = 180;

/** Both ends belong to the window: exactly 30 s ahead and exactly 60 s old are still taken. */
export function judgeShowing(iat, now) {
  if (iat > now + SHOWING_AHEAD) throw notReady("signed in the future");
  if (iat < now - SHOWING_AGE) throw expired("signed too long ago");
}

/** Judged at the showing's own moment: (exp − 24 h − 5 min, exp]. */
export function judgeCertificate(exp, shownAt) {
  if (shownAt > exp) throw expired("shown after the certificate's end");
  if (shownAt <= certificateBegins(exp)) throw notReady("shown before the certificate's beginning");
}

/** The last moment at which a certificate that ends at `exp` is not yet good. */
export function certificateBegins(exp) {
  return exp - CERTIFICATE_LIFE - CERTIFICATE_SLACK;
}

/** A ticket is a showing made by the city 60 s before its end, and judged as one. */
export function judgeTicket(exp, now) {
  judgeShowing(exp - SHOWING_AGE, now);
}

/** A card has no end of its own: revocation and its key's dates end it. */
export function judgeCard(iat, now) {
  if (iat > now + SHOWING_AHEAD) throw notReady("made in the future");
}

export function judgeRequest(iat, now) {
  if (iat > now + SHOWING_AHEAD) throw notReady("asked in the future");
  if (iat < now - REQUEST_LIFE) throw expired("asked too long ago");
}
