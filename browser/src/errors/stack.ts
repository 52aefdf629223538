/** Stack text of the two browser dialects, as Sentry frames, outermost call first. */

export interface Frame {
  filename: string;
  function: string;
  lineno?: number;
  colno?: number;
  in_app: boolean;
}

// "    at send (https://host/app.js:10:15)" and "    at https://host/app.js:10:15"
const CHROMIUM = /^\s{0,8}at (?:(.{1,200}?) \()?(.{1,500}?)(?::([0-9]{1,8}))?(?::([0-9]{1,8}))?\)?$/;
// "send@https://host/app.js:10:15"
const GECKO = /^(.{0,200}?)@(.{1,500}?)(?::([0-9]{1,8}))?(?::([0-9]{1,8}))?$/;
const EXTENSION = /^(?:(?:chrome|moz|safari(?:-web)?|ms-browser)-extension:|webkit-masked-url:)/;
const MOST_FRAMES = 50;

/** Frames of a stack; empty when there is none or it is of another dialect. */
export function parseStack(stack: unknown): Frame[] {
  if (typeof stack !== "string") return [];
  const frames: Frame[] = [];
  for (const line of stack.slice(0, 20_000).split("\n")) {
    const found = CHROMIUM.exec(line) ?? GECKO.exec(line);
    if (found?.[2]) frames.push(frameOf(found[1] ?? "", found[2], found[3], found[4]));
    if (frames.length === MOST_FRAMES) break;
  }
  return frames.reverse();
}

/** Whether every frame stands in a browser extension: not the page's own error. */
export function isForeign(frames: readonly Frame[]): boolean {
  return frames.length > 0 && frames.every(({ filename }) => EXTENSION.test(filename));
}

function frameOf(name: string, where: string, line?: string, column?: string): Frame {
  // Query and fragment of a script's address may hold keys; they say nothing about the code.
  const filename = where.replace(/^(?:async|eval at .{1,200}? \() ?/, "").split(/[?#]/)[0] ?? "";
  const frame: Frame = {
    filename: filename === location.href.split(/[?#]/)[0] ? location.origin : filename,
    function: name.replace(/^async /, "") || "?",
    in_app: filename.startsWith(location.origin),
  };
  if (line) frame.lineno = Number(line);
  if (column) frame.colno = Number(column);
  return frame;
}
