/** What a tab or the browser keeps between pages. Some browsers refuse storage by throwing: pages then do without. */

const quietly = (deed) => {
  try {
    return deed();
  } catch {
    return null;
  }
};

const shelf = (storage) => ({
  get: (name) => quietly(() => JSON.parse(storage().getItem(`desk-${name}`))),
  put: (name, value) => quietly(() => storage().setItem(`desk-${name}`, JSON.stringify(value))),
  forget: (name) => quietly(() => storage().removeItem(`desk-${name}`)),
});

/** This tab's, gone with it: who stands in front, which queue was chosen. */
export const tab = shelf(() => sessionStorage);

/** The browser's, for all its tabs, never about a resident: who is at work, when somebody last touched a key. */
export const browser = shelf(() => localStorage);
