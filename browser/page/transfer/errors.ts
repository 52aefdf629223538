/** What may go wrong, each with its sentence for people. */

export type ErrorCode =
  | "bad_code"
  | "unknown_code"
  | "peer_gone"
  | "expired"
  | "integrity"
  | "source_changed"
  | "disk"
  | "disk_io"
  | "declined"
  | "oversize"
  | "relay_cap"
  | "cancelled"
  | "server"
  | "too_many"
  | "version";

interface Saying {
  title: string;
  sentence: string;
}

const SAYINGS: Record<ErrorCode, Saying> = {
  bad_code: {
    title: "The code did not match",
    sentence: "Nothing was sent, and this code is used up. Ask for a new one.",
  },
  unknown_code: {
    title: "Nobody is waiting under that code",
    sentence: "Check it, or ask for a new one: a code lasts ten minutes and works once.",
  },
  peer_gone: {
    title: "The other side went away",
    sentence: "It did not come back within a minute. Start again with a new code.",
  },
  expired: {
    title: "The code has expired",
    sentence: "Nobody came within ten minutes. Send again for a new code.",
  },
  integrity: {
    title: "What arrived is not what was sent",
    sentence: "Something on the way changed it, so it was thrown away. Start again.",
  },
  source_changed: {
    title: "The file changed while it was being sent",
    sentence: "Send it again when nothing writes to it any more.",
  },
  disk: {
    title: "There is no room for this file",
    sentence: "The receiving side has not enough free space. Make some and start again.",
  },
  disk_io: {
    title: "The file cannot be read or written",
    sentence: "Look whether it is still there and may be opened, then start again.",
  },
  declined: { title: "The other side said no", sentence: "Nothing was sent." },
  oversize: {
    title: "The file is too large",
    sentence: "It is larger than the receiving side takes.",
  },
  relay_cap: {
    title: "The file is too large for this server",
    sentence: "This server carries no more in one transfer. Use another server.",
  },
  cancelled: { title: "The transfer was stopped", sentence: "You can start again at any time." },
  server: {
    title: "The server does not answer",
    sentence: "Look at your connection, then start again.",
  },
  too_many: {
    title: "Too many tries",
    sentence: "The server asks to slow down. Wait a minute, then try again.",
  },
  version: {
    title: "The two sides speak different versions",
    sentence: "Reload this page; the other side may have to update.",
  },
};

/** An error of a transfer. Its code is one of a fixed set and safe to report. */
export class TransferError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(`transfer failed: ${code}`);
    this.name = "TransferError";
    this.code = code;
  }

  get title(): string {
    return SAYINGS[this.code].title;
  }

  get sentence(): string {
    return SAYINGS[this.code].sentence;
  }
}

/** The error a code from the other side stands for. */
export function fromCode(code: unknown): TransferError {
  return new TransferError(typeof code === "string" && code in SAYINGS ? (code as ErrorCode) : "server");
}
