/** The start: drop a file, or type a code. */

import { type DragEvent, type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { completeWord, isCode } from "../transfer/code";
import { ArrowDown, Upload } from "./icons";

interface Props {
  code: string;
  onFile: (file: File) => void;
  onCode: (code: string) => void;
}

export function Home({ code, onFile, onCode }: Props): ReactNode {
  return (
    <section className="card" aria-labelledby="start">
      <h1 id="start">{code ? "A file is waiting for you" : "Send a file to one person"}</h1>
      {code ? null : <DropZone onFile={onFile} />}
      {code ? null : <p className="or">or receive one</p>}
      <CodeForm code={code} onCode={onCode} />
    </section>
  );
}

function DropZone({ onFile }: Pick<Props, "onFile">): ReactNode {
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null): void => {
    const [file, second] = [...(files ?? [])];
    if (second) setProblem("One file at a time. Put several into an archive first.");
    else if (file) onFile(file);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [item] = [...event.dataTransfer.items];
    if (item?.webkitGetAsEntry?.()?.isDirectory) {
      setProblem("A folder cannot be sent. Put it into an archive first.");
    } else take(event.dataTransfer.files);
  };
  return (
    <div
      className="drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Upload />
      <p>
        <button type="button" className="primary" onClick={() => input.current?.click()}>
          Choose a file
        </button>
        <span className="hint">or drop it here, of any size</span>
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to send"
        onChange={({ target }) => take(target.files)}
      />
      <p role="alert" className="problem">
        {problem}
      </p>
    </div>
  );
}

function CodeForm({ code, onCode }: Pick<Props, "code" | "onCode">): ReactNode {
  const [typed, setTyped] = useState(code);
  const [problem, setProblem] = useState("");
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isCode(typed)) onCode(typed);
    else setProblem("A code is a number and three words, such as 7-lantern-pebble-tulip.");
  };
  return (
    <form className="code" onSubmit={submit}>
      <label htmlFor={id}>Code</label>
      <div className="row">
        <input
          id={id}
          className="mono"
          value={typed}
          placeholder="7-lantern-pebble-tulip"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-describedby={`${id}-problem`}
          aria-invalid={problem !== ""}
          onChange={({ target, nativeEvent }) => {
            setProblem("");
            const isTyping = (nativeEvent as InputEvent).inputType === "insertText";
            setTyped(isTyping ? completed(target.value) : target.value);
          }}
        />
        <button type="submit" className={code ? "primary" : ""} autoFocus={code !== ""}>
          <ArrowDown /> Receive
        </button>
      </div>
      <p role="alert" id={`${id}-problem`} className="problem">
        {problem}
      </p>
    </form>
  );
}

/** Completes the word before a hyphen or blank: three letters say which it is. */
function completed(typed: string): string {
  const found = /^(.*-)([a-z]{3,})[\s-]$/i.exec(typed.replace(/^(\d+)\s/, "$1-"));
  if (!found) return typed;
  const [, before = "", start = ""] = found;
  const word = completeWord(start.toLowerCase());
  const isLast = before.split("-").length > 3;
  return word ? before + word + (isLast ? "" : "-") : typed;
}
