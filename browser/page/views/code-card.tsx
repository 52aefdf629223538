/** The code, its link and its QR, all made here: the words never leave the page by themselves. */

import encodeQR from "qr";
import { type ReactNode, useMemo, useState } from "react";
import type { View } from "../transfer/transfer";
import { Copy } from "./icons";

export function CodeCard({ view: { code, link } }: { view: View }): ReactNode {
  return (
    <div className="code-card">
      <div className="said">
        <p className="big mono" data-testid="code">
          {code || " "}
        </p>
        <div className="row">
          <CopyButton text={code} label="Copy code" />
          <CopyButton text={link} label="Copy link" />
        </div>
        <p className="soft small">
          On a command line: <code>tallow receive {code} --server {location.origin}</code>
        </p>
      </div>
      {link ? <Qr text={link} /> : <div className="qr" />}
    </div>
  );
}

function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    // Refused by some browsers; then the code is there to be selected.
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 2000);
      },
      () => undefined,
    );
  };
  return (
    <button type="button" disabled={!text} onClick={copy}>
      <Copy /> {isCopied ? "Copied" : label}
    </button>
  );
}

function Qr({ text }: { text: string }): ReactNode {
  const { path, size } = useMemo(() => drawn(encodeQR(text, "raw", { border: 2 })), [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="The link as a QR code">
      <path d={path} />
    </svg>
  );
}

/** One path for all dark squares of a row that touch. */
function drawn(rows: boolean[][]): { path: string; size: number } {
  let path = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  });
  return { path, size: rows.length };
}
