/** One transfer, from its code to its end. */

import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import type { State, Transfer, View } from "../transfer/transfer";
import { CodeCard } from "./code-card";
import { Check, Cross, File as FileIcon, Lock } from "./icons";
import { readableRate, readableSize, readableTime } from "./units";

interface Props {
  transfer: Transfer;
  onAnswer: (taken: boolean) => void;
  onCancel: () => void;
  onAgain: () => void;
}

export function Showing({ transfer, onAnswer, onCancel, onAgain }: Props): ReactNode {
  const view = useSyncExternalStore(transfer.subscribe, transfer.snapshot);
  const heading = useRef<HTMLHeadingElement>(null);
  const stage = stageOf(view);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [stage]);
  const isOver = stage === "completed" || stage === "failed";
  return (
    <section className="card" data-stage={stage} aria-labelledby="stage">
      <h1 id="stage" ref={heading} tabIndex={-1}>
        {stage === "completed" && <Check />}
        {stage === "failed" && <Cross />}
        {titleOf(view, stage)}
      </h1>
      <p role="status" className="status">
        {statusOf(view, stage)}
      </p>
      {view.name && !isOver && stage !== "code" && <Named view={view} />}
      {stage === "code" && <CodeCard view={view} />}
      {(stage === "moving" || stage === "paused") && <Progress view={view} />}
      {stage === "failed" && <Details view={view} />}
      {stage === "completed" && view.file && <Save file={view.file} />}
      <div className="actions">
        {stage === "offered" && (
          <>
            <button type="button" className="primary" onClick={() => onAnswer(true)}>
              Take it
            </button>
            <button type="button" onClick={() => onAnswer(false)}>
              No, thanks
            </button>
          </>
        )}
        {!isOver && stage !== "offered" && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        {isOver && (
          <button type="button" className={view.file ? "" : "primary"} onClick={onAgain}>
            {stage === "failed" ? "Start again" : "Send or receive another"}
          </button>
        )}
      </div>
      {!isOver && <Secrecy stage={stage} />}
    </section>
  );
}

type Stage = "code" | "joining" | "agreeing" | "offered" | "moving" | "paused" | "completed" | "failed";

function stageOf({ role, state }: View): Stage {
  const stages: Record<State, Stage> = {
    idle: "joining",
    connecting: role === "sender" ? "code" : "joining",
    negotiating: "agreeing",
    offered: "offered",
    transferring: "moving",
    paused: "paused",
    completed: "completed",
    failed: "failed",
  };
  return stages[state];
}

function titleOf({ role, error }: View, stage: Stage): string {
  const isSender = role === "sender";
  const titles: Record<Stage, string> = {
    code: "Give this code to the other person",
    joining: "Looking for the sender",
    agreeing: "Agreeing on a key",
    offered: "This is for you",
    moving: isSender ? "Sending" : "Receiving",
    paused: "The other side went away",
    completed: isSender ? "Sent" : "Received",
    failed: error?.title ?? "It did not work",
  };
  return titles[stage];
}

function statusOf(view: View, stage: Stage): string {
  const { role, error, sizeBytes, startedMs, endedMs } = view;
  const seconds = Math.max(0.001, (endedMs - startedMs) / 1000);
  const rate = readableRate(sizeBytes / seconds);
  const sayings: Record<Stage, string> = {
    code: "It works once, within ten minutes. Keep this page open.",
    joining: "One moment.",
    agreeing:
      role === "sender" ? "Somebody has the code. Checking that they do." : "Checking the code.",
    offered: "Nothing is sent before you take it.",
    moving: "",
    paused: "Waiting up to a minute for them to return. Keep this page open.",
    completed: `${readableSize(sizeBytes)} in ${readableTime(seconds)}, ${rate}. Only the two of you could read it.`,
    failed: error?.sentence ?? "",
  };
  return sayings[stage];
}

function Named({ view: { name, sizeBytes } }: { view: View }): ReactNode {
  return (
    <p className="named">
      <FileIcon />
      <span className="name">{name}</span>
      <span className="soft">{readableSize(sizeBytes)}</span>
    </p>
  );
}

function Progress({ view }: { view: View }): ReactNode {
  const { sizeBytes, doneBytes, bytesPerSecond, method } = view;
  const share = sizeBytes ? doneBytes / sizeBytes : 1;
  const left = bytesPerSecond ? (sizeBytes - doneBytes) / bytesPerSecond : NaN;
  return (
    <div className="progress">
      <progress max={1} value={share} aria-label="Part of the file that is on the other side" />
      <dl>
        <div>
          <dt>Done</dt>
          <dd className="large">{Math.floor(share * 100)} %</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>{readableRate(bytesPerSecond)}</dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{readableTime(left)}</dd>
        </div>
        <div>
          <dt>Method</dt>
          <dd>
            <span className="badge">{method}</span>
          </dd>
        </div>
      </dl>
    </div>
  );
}

function Secrecy({ stage }: { stage: Stage }): ReactNode {
  const text =
    stage === "code"
      ? "Who has the code can take the file, so give it to nobody else. The words in it never go to the server."
      : "Only you and the other side can read this file. The server passes on sealed bytes: it sees their number, not the name or the content.";
  return (
    <p className="secrecy">
      <Lock />
      <span>{text}</span>
    </p>
  );
}

function Details({ view: { error, errorId } }: { view: View }): ReactNode {
  if (!error) return null;
  return (
    <details>
      <summary>Details</summary>
      <dl className="facts">
        <dt>Code</dt>
        <dd className="mono">{error.code}</dd>
        {errorId && (
          <>
            <dt>Error id</dt>
            <dd className="mono">{errorId}</dd>
          </>
        )}
      </dl>
    </details>
  );
}

/** Saves by itself once, and again at a press. The bytes stay on disk on their way. */
function Save({ file }: { file: File }): ReactNode {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(file);
    const anchor = link.current;
    if (anchor) {
      anchor.href = url;
      anchor.click();
    }
    return () => URL.revokeObjectURL(url);
  }, [file]);
  return (
    <p className="named">
      <FileIcon />
      <span className="name">{file.name}</span>
      <a ref={link} className="button primary" href="#save" download={file.name}>
        Save file
      </a>
    </p>
  );
}
