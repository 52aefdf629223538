/** One transfer as this page sees it: its states, and who wants to know. */

import { type ErrorCode, TransferError } from "./errors";
import type { PeerState, Role } from "./relay";

export type State =
  | "idle"
  | "connecting"
  | "negotiating"
  | "offered"
  | "transferring"
  | "paused"
  | "completed"
  | "failed";

/** What is shown; replaced whole at every change. */
export interface View {
  role: Role;
  state: State;
  method: "direct" | "p2p" | "relay";
  code: string;
  link: string;
  name: string;
  sizeBytes: number;
  doneBytes: number;
  bytesPerSecond: number;
  startedMs: number;
  endedMs: number;
  error: TransferError | undefined;
  errorId: string;
  /** The received file, on disk. */
  file: File | undefined;
}

export interface Operation {
  operation: string;
  algorithm: string;
  duration_s: number;
}

const SHOWN_EVERY_MS = 100;
const RATE_WINDOW_MS = 3000;
const FAULTS: ReadonlySet<ErrorCode> = new Set(["integrity", "server", "version", "disk_io"]);

export class Transfer {
  readonly operations = new Map<string, Operation>();
  correlationId = "";
  view: View;
  private readonly listeners = new Set<() => void>();
  private readonly samples: { ms: number; bytes: number }[] = [];
  private beforePause: State = "idle";
  private shownMs = 0;

  constructor(role: Role) {
    this.view = {
      role,
      state: "idle",
      method: "relay",
      code: "",
      link: "",
      name: "",
      sizeBytes: 0,
      doneBytes: 0,
      bytesPerSecond: 0,
      startedMs: 0,
      endedMs: 0,
      error: undefined,
      errorId: "",
      file: undefined,
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): View => this.view;

  set(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  to(state: State, change: Partial<View> = {}): void {
    if (this.isOver) return;
    const times: Partial<View> = {};
    if (state === "transferring" && !this.view.startedMs) times.startedMs = performance.now();
    if (state === "completed" || state === "failed") times.endedMs = performance.now();
    window.tallow?.addBreadcrumb("transfer", state, { role: this.view.role });
    this.set({ ...times, ...change, state });
  }

  /** Pauses while the other side is away, and goes on when it is back. */
  peer = (state: PeerState): void => {
    const now = this.view.state;
    if (state === "away" && (now === "negotiating" || now === "transferring" || now === "offered")) {
      this.beforePause = now;
      this.to("paused");
    } else if (state === "here" && now === "paused") {
      this.to(this.beforePause);
    }
  };

  /** Notes how much the receiver has; shown ten times a second. */
  moved(doneBytes: number): void {
    const ms = performance.now();
    this.samples.push({ ms, bytes: doneBytes });
    while ((this.samples[0]?.ms ?? ms) < ms - RATE_WINDOW_MS) this.samples.shift();
    if (ms - this.shownMs < SHOWN_EVERY_MS && doneBytes < this.view.sizeBytes) return;
    this.shownMs = ms;
    const first = this.samples[0];
    const elapsedMs = ms - Math.max(first?.ms ?? ms, this.view.startedMs);
    const rate = elapsedMs > 0 ? ((doneBytes - (first?.bytes ?? 0)) * 1000) / elapsedMs : 0;
    this.set({ doneBytes, bytesPerSecond: rate || this.view.bytesPerSecond });
  }

  /** Ends it with an error; a fault of ours or of someone on the way is reported, with an id. */
  fail(error: TransferError): void {
    if (this.isOver) return;
    const context = { handled: true, mechanism: "transfer", tags: { code: error.code } };
    const errorId = FAULTS.has(error.code) ? window.tallow?.captureException(error, context) : "";
    this.to("failed", { error, errorId: errorId ?? "" });
  }

  timed = (operation: string, algorithm: string, seconds: number): void => {
    const key = `${operation} ${algorithm}`;
    const before = this.operations.get(key)?.duration_s ?? 0;
    this.operations.set(key, { operation, algorithm, duration_s: before + seconds });
  };

  get isOver(): boolean {
    return this.view.state === "completed" || this.view.state === "failed";
  }
}

/** Any error as one of ours; what is no transfer error stays visible to the reporter. */
export function asTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  window.tallow?.captureException(error, { handled: true, mechanism: "transfer" });
  return new TransferError("server");
}
