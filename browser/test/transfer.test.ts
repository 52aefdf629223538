/** The page's cryptography passes the same rows as Python's, and the CPace draft's own. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type Bytes, fromHex, toHex } from "../page/crypto/bytes";
import { Pake, generator, type Side } from "../page/crypto/cpace";
import { CHUNK_BYTES, ControlFrames, DataFrames, chunkCount } from "../page/crypto/frames";
import { KemKey, sealFileKey } from "../page/crypto/kem";
import { SessionKeys, Transcript, type KeyName, importAes, sessionId } from "../page/crypto/schedule";
import { safeName } from "../page/transfer/names";
import rows from "../../tests/vectors/transfer.json";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function draftSide(role: Side["role"], ad: string): Side {
  const { prs, ci, sid } = rows.cpace;
  return { role, prs: fromHex(prs), ci: fromHex(ci), sid: fromHex(sid), ad: fromHex(ad) };
}

test("CPace gives the draft's generator, shares and key", () => {
  const { cpace } = rows;
  const sender = new Pake(draftSide("sender", cpace.ada), fromHex(cpace.ya));
  const receiver = new Pake(draftSide("receiver", cpace.adb), fromHex(cpace.yb));

  const ta = sender.finish(receiver.share, fromHex(cpace.adb));
  const tb = receiver.finish(sender.share, fromHex(cpace.ada));

  assert.equal(toHex(generator(draftSide("sender", ""))), cpace.generator);
  assert.equal(toHex(sender.share), cpace.Ya);
  assert.equal(toHex(receiver.share), cpace.Yb);
  assert.equal(toHex(sender.confirm(tb)), cpace.ISK);
  assert.equal(toHex(receiver.confirm(ta)), cpace.ISK);
});

test("CPace refuses shares of low order", () => {
  for (const share of rows.cpace.refused_shares) {
    const sender = new Pake(draftSide("sender", rows.cpace.ada));
    assert.throws(() => sender.finish(fromHex(share), new Uint8Array()), { code: "integrity" });
  }
});

test("CPace finds out a tag made from other words", () => {
  const sender = new Pake(draftSide("sender", ""));
  const other = new Pake({ ...draftSide("receiver", ""), prs: fromHex("00") });
  sender.finish(other.share, new Uint8Array());
  const tag = other.finish(sender.share, new Uint8Array());

  assert.throws(() => sender.confirm(tag), { code: "bad_code" });
});

test("X-Wing makes the draft's key and opens what was sealed to it", async () => {
  const { kem } = rows;
  const key = await KemKey.make(fromHex(kem.seed));

  assert.equal(sha256(key.publicBytes), kem.public_sha256);
  const opened = await key.openFileKey(fromHex(kem.sealed), fromHex(kem.transcript_hash));
  assert.equal(toHex(opened), kem.file_key);
});

test("what is sealed for a key opens with it, and under no other transcript", async () => {
  const key = await KemKey.make();
  const secret = fromHex("07".repeat(32));
  const sealed = await sealFileKey(secret, key.publicBytes, fromHex("01"));

  assert.deepEqual(await key.openFileKey(sealed, fromHex("01")), secret);
  await assert.rejects(key.openFileKey(sealed, fromHex("02")), { code: "integrity" });
});

test("the transcript and the keys are the same in both languages", async () => {
  const { schedule, session } = rows;
  const transcript = new Transcript(fromHex(schedule.room));
  for (const [at, message] of schedule.messages.entries()) {
    transcript.add(message);
    assert.equal(toHex(await transcript.digest()), schedule.hashes[at]);
  }
  const last = fromHex(schedule.hashes.at(-1) ?? "");
  const secret = fromHex(schedule.pake_secret);
  const keys = await SessionKeys.of(secret, fromHex(schedule.file_key), last);
  for (const { name, epoch, key } of schedule.keys) {
    assert.equal(toHex(await keys.bytes(name as KeyName, epoch)), key);
  }
  const nonces = [fromHex(session.sender_nonce), fromHex(session.receiver_nonce)] as const;
  assert.equal(toHex(await sessionId(fromHex(session.room), ...nonces)), session.sid);
});

test("control frames are the same in both languages, and come in order", async () => {
  const key = await importAes(fromHex(rows.control.key));
  const sealer = new ControlFrames(key);
  const opener = new ControlFrames(key);
  for (const { plain, frame } of rows.control.frames) {
    assert.equal(toHex(await sealer.seal(plain)), frame);
    assert.equal(await opener.open(fromHex(frame)), plain);
  }
  const first = fromHex(rows.control.frames[0]?.frame ?? "");
  await assert.rejects(opener.open(first), { code: "integrity" });
});

function tallowAgain(size: number): Bytes {
  const word = Buffer.from("tallow");
  return Uint8Array.from({ length: size }, (_, at) => word[at % word.length] ?? 0);
}

for (const { size, frames_sha256: hashes } of rows.data.files) {
  test(`a file of ${size} bytes gives the same frames in both languages`, async () => {
    const key = await importAes(fromHex(rows.data.key));
    const content = tallowAgain(size);
    const sealer = new DataFrames(key, size);
    const opener = new DataFrames(key, size);
    assert.equal(chunkCount(size), hashes.length);
    for (const [at, hash] of hashes.entries()) {
      const chunk = content.slice(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES);
      const frame = await sealer.seal(chunk);
      assert.equal(sha256(frame), hash);
      assert.deepEqual(await opener.open(frame), chunk);
    }
    assert.ok(opener.isComplete);
  });
}

test("a chunk that is swapped, repeated or cut is refused", async () => {
  const key = await importAes(fromHex(rows.data.key));
  const size = 3 * CHUNK_BYTES;
  const sealer = new DataFrames(key, size);
  const content = tallowAgain(CHUNK_BYTES);
  const frames = [await sealer.seal(content), await sealer.seal(content), await sealer.seal(content)];
  const [first, second, third] = frames as [Bytes, Bytes, Bytes];
  for (const order of [[second], [first, first], [first, third], [first.slice(0, -1)]]) {
    const opener = new DataFrames(key, size);
    await assert.rejects(
      (async () => {
        for (const frame of order) await opener.open(frame);
      })(),
      { code: "integrity" },
    );
  }
});

for (const { why, said, safe } of rows.names) {
  test(`a name from elsewhere is made safe: ${why}`, () => assert.equal(safeName(said), safe));
}
