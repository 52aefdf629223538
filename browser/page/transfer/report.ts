/** What a finished transfer tells: how it went, never what it was. */

import type { RoomPass } from "./rooms";
import { sendReport } from "./rooms";
import type { Transfer } from "./transfer";

const ENDINGS: Record<string, string> = {
  image: "jpg jpeg png gif webp avif heic heif svg bmp tif tiff ico psd raw dng",
  video: "mp4 m4v mkv webm mov avi wmv mpg mpeg flv 3gp ogv",
  audio: "mp3 m4a aac flac ogg oga opus wav wma aiff mid midi",
  document:
    "pdf doc docx odt rtf txt md tex xls xlsx ods csv tsv ppt pptx odp epub mobi pages",
  archive: "zip tar gz tgz bz2 xz zst 7z rar iso dmg deb rpm jar apk whl cab",
  code: "py js ts tsx jsx c h cpp hpp cc rs go java kt swift rb php cs sh sql html css scss json yaml yml toml xml ini lua r scala ipynb",
};
const TYPE_OF = new Map(
  Object.entries(ENDINGS).flatMap(([type, endings]) =>
    endings.split(" ").map((ending) => [ending, type] as const),
  ),
);
const STATUS: Record<string, string> = {
  cancelled: "cancelled",
  declined: "refused",
  oversize: "refused",
};

/** Which of seven classes a file is, by the ending of its name. */
export function fileTypeOf(name: string): string {
  const ending = name.includes(".") ? name.split(".").at(-1)?.toLowerCase() : "";
  return TYPE_OF.get(ending ?? "") ?? "other";
}

/** Tells analytics and the server how it ended; sizes are rounded, the name is a class. */
export async function tellOutcome(transfer: Transfer, pass: RoomPass | undefined): Promise<void> {
  const { role, error, method, name, sizeBytes, startedMs, endedMs } = transfer.view;
  const type = fileTypeOf(name);
  const analytics = window.tallow?.analytics;
  if (error) analytics?.transferFailed(error.code, method);
  else if (role === "sender") analytics?.fileSent(sizeBytes, type, method);
  else analytics?.fileReceived(sizeBytes, type, method);
  if (!pass || !transfer.correlationId) return;
  await sendReport(pass, {
    v: 1,
    trace: transfer.correlationId,
    client: "page",
    status: error ? (STATUS[error.code] ?? "failed") : "success",
    code: error?.code ?? "",
    method,
    size_bytes: sizeBytes <= 1 ? 1 : 2 ** Math.ceil(Math.log2(sizeBytes)),
    duration_s: startedMs ? Math.round(endedMs - startedMs) / 1000 : 0,
    file_type: type,
    operations: [...transfer.operations.values()],
  });
}
