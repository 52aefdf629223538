/** The code phrase: CPACE-X25519-SHA512 of draft-irtf-cfrg-cpace-21 with key confirmation. */

import { Field } from "@noble/curves/abstract/modular.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { TransferError } from "../transfer/errors";
import { type Bytes, isSame, join, random, utf8 } from "./bytes";

export interface Side {
  role: "sender" | "receiver";
  prs: Uint8Array;
  ci: Uint8Array;
  sid: Uint8Array;
  ad: Uint8Array;
}

const Fp = Field(2n ** 255n - 19n);
const A = 486662n;
const SHA512_BLOCK = 128;
const DSI = utf8("CPace255");

function prefixed(data: Uint8Array): Bytes {
  const length = [];
  for (let left = data.length; ; left >>= 7) {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) return join(Uint8Array.from(length), data);
  }
}

function cat(...parts: readonly Uint8Array[]): Bytes {
  return join(...parts.map(prefixed));
}

/** Elligator 2 for Curve25519, RFC 9380 section 6.7.1; only the u-coordinate is wanted. */
function elligator2(r: bigint): bigint {
  const v = Fp.mul(Fp.neg(A), Fp.inv(Fp.add(1n, Fp.mul(2n, Fp.sqr(r)))));
  const square = Fp.mul(v, Fp.add(Fp.mul(v, Fp.add(v, A)), 1n));
  const isSquare = Fp.eql(square, 0n) || Fp.eql(Fp.pow(square, (Fp.ORDER - 1n) / 2n), 1n);
  return isSquare ? v : Fp.sub(Fp.neg(v), A);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The generator that the password stands for. */
export function generator({ prs, ci, sid }: Pick<Side, "prs" | "ci" | "sid">): Bytes {
  const pad = Math.max(0, SHA512_BLOCK - 1 - prefixed(prs).length - prefixed(DSI).length);
  const hash = sha512(cat(DSI, prs, new Uint8Array(pad), ci, sid)).slice(0, 32);
  const u = elligator2(Fp.create(littleEndian(hash) & (2n ** 255n - 1n)));
  return Uint8Array.from({ length: 32 }, (_, at) => Number((u >> BigInt(8 * at)) & 0xffn));
}

/** X25519, refusing shares whose result is the neutral element. */
function multiply(scalar: Uint8Array, share: Uint8Array): Uint8Array {
  try {
    return x25519.scalarMult(scalar, share);
  } catch {
    throw new TransferError("integrity");
  }
}

/** One side of one run. Use once: a run is a guess, and a code allows one. */
export class Pake {
  readonly share: Bytes;
  private readonly scalar: Bytes;
  private isk: Bytes = new Uint8Array();
  private peerTag: Bytes = new Uint8Array();

  constructor(
    private readonly side: Side,
    scalar: Bytes = random(32),
  ) {
    this.scalar = scalar;
    this.share = join(multiply(scalar, generator(side)));
  }

  /** Takes the other side's share; returns this side's confirmation tag, 64 bytes. */
  finish(peerShare: Uint8Array, peerAd: Uint8Array): Bytes {
    const { role, sid, ad } = this.side;
    const mine = cat(this.share, ad);
    const theirs = cat(peerShare, peerAd);
    if (isSame(mine, theirs)) throw new TransferError("integrity");
    const said = role === "sender" ? join(mine, theirs) : join(theirs, mine);
    const shared = multiply(this.scalar, peerShare);
    this.isk = join(sha512(join(cat(utf8("CPace255_ISK"), sid, shared), said)));
    const macKey = sha512(join(utf8("CPaceMac"), sid, this.isk));
    this.peerTag = join(hmac(sha512, macKey, theirs));
    return join(hmac(sha512, macKey, mine));
  }

  /** Checks the other side's tag; returns the shared secret, 64 bytes. */
  confirm(tag: Uint8Array): Bytes {
    if (!isSame(tag, this.peerTag)) throw new TransferError("bad_code");
    return this.isk;
  }
}
