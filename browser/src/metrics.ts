/** Python's metric names, typed and without effect: shared code may count without asking where it runs. */

export type Labels = Readonly<Record<string, string>>;

export class Counter {
  constructor(readonly name: string) {}
  labels(_labels: Labels): this {
    return this;
  }
  inc(_amount = 1): void {}
}

export class Gauge extends Counter {
  dec(_amount = 1): void {}
  set(_value: number): void {}
}

export class Histogram {
  constructor(readonly name: string) {}
  labels(_labels: Labels): this {
    return this;
  }
  observe(_value: number): void {}
  /** Runs `work` and returns what it returns. */
  time<T>(work: () => T): T {
    return work();
  }
}

export type TransferMethod = "direct" | "p2p" | "relay";

export function recordTransfer(
  _status: string,
  _method: TransferMethod,
  _bytes: number,
  _durationS: number,
  _fileType: string,
): void {}

export function recordConnection(_type: TransferMethod, _status: string): void {}

export function recordCryptoOperation(
  _operation: string,
  _algorithm: string,
  _durationS: number,
): void {}
