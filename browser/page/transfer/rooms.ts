/** Rooms by HTTP, and what a finished transfer tells the server. */

import { TransferError } from "./errors";

export interface RoomPass {
  nameplate: number;
  room: string;
  token: string;
}

const TIMEOUT_MS = 10_000;

/** The sender's pass to a fresh room. */
export async function openRoom(): Promise<RoomPass> {
  const answer = await post("/api/rooms", {});
  if (answer.status !== 201) throw refused(answer.status);
  return passOf(await answer.json());
}

/** The receiver's pass to the room with that nameplate. */
export async function claimRoom(nameplate: number): Promise<RoomPass> {
  const answer = await post(`/api/rooms/${nameplate}/claim`, {});
  if (answer.status === 404 || answer.status === 409) throw new TransferError("unknown_code");
  if (answer.status !== 200) throw refused(answer.status);
  return passOf({ ...((await answer.json()) as object), nameplate });
}

/** Says how it went, unless the visitor asked not to be counted; a failure is nobody's loss. */
export async function sendReport(pass: RoomPass, body: Record<string, unknown>): Promise<void> {
  if (navigator.doNotTrack === "1" || asksForPrivacy()) return;
  const headers = { Authorization: `Bearer ${pass.token}` };
  try {
    await post("/api/report", { room: pass.room, ...body }, headers);
  } catch {
    // Nobody is to be told that we could not tell.
  }
}

function asksForPrivacy(): boolean {
  return (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
}

async function post(
  path: string,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      keepalive: true,
    });
  } catch {
    throw new TransferError("server");
  }
}

function passOf(said: unknown): RoomPass {
  const { nameplate, room, token } = said as Partial<RoomPass>;
  if (typeof nameplate !== "number" || typeof room !== "string" || typeof token !== "string") {
    throw new TransferError("version");
  }
  return { nameplate, room, token };
}

function refused(status: number): TransferError {
  return new TransferError(status === 429 ? "too_many" : "server");
}
