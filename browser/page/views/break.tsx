/** Breaks something on purpose, so that a newcomer has an error to look for. Not in production. */

import { type ReactNode, useState } from "react";

export function Breakables(): ReactNode {
  const [isBroken, setBroken] = useState(false);
  const [said, setSaid] = useState("");
  if (document.documentElement.dataset["environment"] === "production") return null;
  if (isBroken) throw new Error("somebody pressed the button that breaks the page");
  const breakServer = (): void => {
    fetch("/api/break", { method: "POST" }).then(
      ({ status }) => setSaid(`The server failed as asked (${status}). The console shows where.`),
      () => setSaid("The server did not answer."),
    );
  };
  return (
    <details className="breakables">
      <summary>Break something</summary>
      <p className="row">
        <button type="button" onClick={() => setBroken(true)}>
          Break this page
        </button>
        <button type="button" onClick={breakServer}>
          Break the server
        </button>
      </p>
      <p role="status">{said}</p>
    </details>
  );
}
