/** Writes one file of the private file system in order; only a worker may do so in place. */

export type Order =
  | { order: "open"; name: string }
  | { order: "write"; chunk: ArrayBuffer }
  | { order: "close" };

export type Answer = "ok" | "disk" | "disk_io";

interface SyncHandle {
  write(chunk: ArrayBuffer, place: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

let handle: SyncHandle | undefined;
let length = 0;

async function open(name: string): Promise<void> {
  const folder = await navigator.storage.getDirectory();
  const file = await folder.getFileHandle(name, { create: true });
  const sync = file as unknown as { createSyncAccessHandle(): Promise<SyncHandle> };
  handle = await sync.createSyncAccessHandle();
  handle.truncate(0);
}

function write(chunk: ArrayBuffer): void {
  const written = handle?.write(chunk, { at: length }) ?? 0;
  if (written !== chunk.byteLength) throw new DOMException("", "QuotaExceededError");
  length += written;
}

function close(): void {
  handle?.flush();
  handle?.close();
}

function obey(order: Order): void | Promise<void> {
  if (order.order === "open") return open(order.name);
  if (order.order === "write") return write(order.chunk);
  return close();
}

let last: Promise<void> = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<Order>) => {
  last = last
    .then(() => obey(data))
    .then(
      () => answer("ok"),
      (error: unknown) => {
        const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
        answer(isFull ? "disk" : "disk_io");
      },
    );
};

function answer(word: Answer): void {
  self.postMessage(word);
}
