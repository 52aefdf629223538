/** User ids without the user: random names, remembered for this page only. */

const ALREADY = /^user-[0-9a-f]{16}$/;
const MOST = 1000;

const known = new Map<string, string>();

/**
 * `user-` and 16 hex digits, the same for the same id until the page is left. A page cannot keep a
 * key secret, so nothing is computed from the id: it is drawn, and no key can bring it back.
 */
export function hashUserId(id: string): string {
  if (ALREADY.test(id)) return id;
  const before = known.get(id);
  if (before) return before;
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const name = `user-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if (known.size >= MOST) known.clear();
  known.set(id, name);
  return name;
}
