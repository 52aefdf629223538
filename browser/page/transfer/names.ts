/** A file name from elsewhere, made safe to save and to show. */

const FALLBACK = "file";
const MOST_BYTES = 200;
const DEVICE = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i;

/** Cuts folders off, replaces control and direction characters and what Windows forbids. */
export function safeName(said: string): string {
  const base = said.normalize("NFC").replaceAll("\\", "/").split("/").at(-1) ?? "";
  const plain = base
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}<>:"|?*]/gu, "_")
    .replace(/^[ .]+|[ .]+$/g, "");
  if (!plain) return FALLBACK;
  return shortened(DEVICE.test(plain) ? `_${plain}` : plain);
}

/** Cuts a long name before its ending, between characters. */
function shortened(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= MOST_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= 17 ? name.slice(dot) : "";
  const stem = [...name.slice(0, name.length - ending.length)];
  while (bytes(stem.join("") + ending) > MOST_BYTES) stem.pop();
  return stem.join("") + ending;
}
