/** One thing on the screen: choose, then watch one transfer to its end. */

import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { FeatureErrorBoundary } from "../../src/react";
import { isCode } from "../transfer/code";
import { receiveFile } from "../transfer/receive";
import { sendFile } from "../transfer/send";
import { clearAbandoned } from "../transfer/store";
import { Transfer } from "../transfer/transfer";
import { Breakables } from "./break";
import { Home } from "./home";
import { Mark } from "./icons";
import { Showing } from "./showing";
import { ThemeSwitch } from "./theme";

interface Running {
  transfer: Transfer;
  stop: AbortController;
  answer: (taken: boolean) => void;
}

export function App(): ReactNode {
  const [running, setRunning] = useState<Running>();
  const [code, setCode] = useState(codeInAddress);
  const begin = useCallback((role: "sender" | "receiver"): [Running, Promise<boolean>] => {
    let answer: (taken: boolean) => void = () => undefined;
    const asked = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const next = { transfer: new Transfer(role), stop: new AbortController(), answer };
    setRunning(next);
    return [next, asked];
  }, []);
  const send = useCallback(
    (file: File) => {
      const [{ transfer, stop }] = begin("sender");
      void sendFile(file, transfer, stop.signal);
    },
    [begin],
  );
  const receive = useCallback(
    (said: string) => {
      const [{ transfer, stop }, asked] = begin("receiver");
      void receiveFile(said, transfer, () => asked, stop.signal);
    },
    [begin],
  );
  useEffect(() => void clearAbandoned().catch(() => undefined), []);
  useEffect(() => {
    const heard = (): void => {
      const said = codeInAddress();
      if (!said) return;
      setCode(said);
      // Out of the address, and so out of the history.
      history.replaceState(null, "", location.pathname);
    };
    heard();
    window.addEventListener("hashchange", heard);
    return () => window.removeEventListener("hashchange", heard);
  }, []);
  useLeaving(running);
  return (
    <>
      <header className="top">
        <a className="brand" href="/">
          <Mark /> Tallow
        </a>
        <ThemeSwitch />
      </header>
      <main>
        <FeatureErrorBoundary name="transfer" resetKeys={[running]}>
          {!window.isSecureContext ? (
            <Insecure />
          ) : running ? (
            <Showing
              transfer={running.transfer}
              onAnswer={running.answer}
              onCancel={() => running.stop.abort()}
              onAgain={() => {
                setCode("");
                setRunning(undefined);
              }}
            />
          ) : (
            <Home key={code} code={code} onFile={send} onCode={receive} />
          )}
        </FeatureErrorBoundary>
      </main>
      <footer className="bottom">
        <p>
          Every file is sealed in your browser for one other person, against the computers of today
          and tomorrow. This server carries bytes it cannot open.
        </p>
        <FeatureErrorBoundary name="break something">
          <Breakables />
        </FeatureErrorBoundary>
      </footer>
    </>
  );
}

/** Without https a browser gives a page no cryptography, so there is nothing to offer. */
function Insecure(): ReactNode {
  return (
    <section className="card" aria-labelledby="insecure">
      <h1 id="insecure">Open this page over https</h1>
      <p>
        Files are sealed here, in your browser, and it gives this page no cryptography over plain
        http. Ask whoever runs this server for its https address; <code>tallow send</code> works
        either way.
      </p>
    </section>
  );
}

/** The code in the address, if there is one. */
function codeInAddress(): string {
  const said = location.hash.slice(1);
  return isCode(said) ? said : "";
}

/** Asks before a running transfer is closed, and lets the other side know at once if it is. */
function useLeaving(running: Running | undefined): void {
  const now = useRef(running);
  now.current = running;
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => {
      const state = now.current?.transfer.view.state;
      if (state === "transferring" || state === "paused") event.preventDefault();
    };
    const go = (): void => now.current?.stop.abort();
    window.addEventListener("beforeunload", ask);
    window.addEventListener("pagehide", go);
    return () => {
      window.removeEventListener("beforeunload", ask);
      window.removeEventListener("pagehide", go);
    };
  }, []);
}
