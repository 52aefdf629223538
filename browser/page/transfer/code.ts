/** The code phrase: a number for the server and three words for the other side. */

import list from "../../../src/tallow_transfer/signaling/words.txt";
import { random } from "../crypto/bytes";
import { TransferError } from "./errors";

export interface Code {
  nameplate: number;
  /** Three words joined with hyphens; they never go to the server. */
  words: string;
}

const WORDS = list.split(/\s+/).filter(Boolean);
const BY_PREFIX = new Map(WORDS.map((word) => [word.slice(0, 3), word]));
const COUNT = 3;

/** Three fresh random words: 31 bits, each word as likely as any other. */
export function newWords(): string {
  const most = 65_536 - (65_536 % WORDS.length);
  const words: string[] = [];
  while (words.length < COUNT) {
    const [high = 0, low = 0] = random(2);
    const draw = high * 256 + low;
    const word = WORDS[draw % WORDS.length];
    if (draw < most && word) words.push(word);
  }
  return words.join("-");
}

/** The word that `start` begins, or an empty string. */
export function completeWord(start: string): string {
  const word = BY_PREFIX.get(start.slice(0, 3)) ?? "";
  return word.startsWith(start) ? word : "";
}

/** The code a person typed or pasted; a link that holds one will do. */
export function parseCode(said: string): Code {
  const bare = said.trim().split("#").at(-1) ?? "";
  const [nameplate = "", ...words] = bare.toLowerCase().split(/[\s_-]+/).filter(Boolean);
  const completed = words.map(completeWord);
  if (!/^\d{1,9}$/.test(nameplate) || completed.length !== COUNT || completed.includes("")) {
    throw new TransferError("unknown_code");
  }
  return { nameplate: Number(nameplate), words: completed.join("-") };
}

/** Whether it can be a code. */
export function isCode(said: string): boolean {
  try {
    parseCode(said);
    return true;
  } catch {
    return false;
  }
}

export function codeText({ nameplate, words }: Code): string {
  return `${nameplate}-${words}`;
}

/** The link that opens this page on the other side with the code filled in. */
export function codeLink(code: Code): string {
  return `${location.origin}/#${codeText(code)}`;
}
