// What browsers keep for a page.

/** Storage as pages have it, in a map. */
export const memoryStorage = (items = new Map()) => ({
  getItem: (key) => items.get(key) ?? null,
  setItem: (key, value) => void items.set(key, value),
  removeItem: (key) => void items.delete(key),
});
