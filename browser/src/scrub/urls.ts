/** A URL that still says where, but no longer who: no credentials, no fragment, few parameters. */

import { pattern, whole } from "./constants";
import { queryKeep } from "./rules";

const PARTS = whole("urls.PARTS");
const PAIR = pattern("urls.PAIR", "g");

/** What stays is scrubbed by `scrub`: host, path, and the values of the kept parameters. */
export function scrubAddress(url: string, scrub: (text: string) => string): string {
  const parts = PARTS.exec(url);
  if (!parts) return scrub(url);
  const [, scheme = "", authority = "", path = "", query = ""] = parts;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const place = authority ? `//${host.replace(/^\/\//, "")}` : "";
  const kept = Array.from(query.slice(1).matchAll(PAIR))
    .filter(([, name = ""]) => queryKeep.has(name.toLowerCase()))
    .map(([, name, value = ""]) => `${name}=${scrub(value)}`)
    .join("&");
  return scrub(scheme + place + path) + (kept && `?${kept}`);
}
