/** A page with one of each boundary, for react.test.ts. */

import { lazy, type ReactNode, useState } from "react";
import { createRoot } from "react-dom/client";
import {
  AsyncErrorBoundary,
  ErrorBoundary,
  FeatureErrorBoundary,
  MainErrorBoundary,
  rootHandlers,
  useAsyncError,
  useGuarded,
} from "../../src/react";

const Late = lazy(async () => {
  await new Promise((next) => setTimeout(next, 30));
  throw new Error("Failed to fetch dynamically imported module: /chunk-1.js");
});

function Fragile({ name }: { name: string }): ReactNode {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) throw new Error(`${name} broke for ann@example.org`);
  return (
    <button id={name} onClick={() => setBroken(true)}>
      break {name}
    </button>
  );
}

function Handlers(): ReactNode {
  const fail = useAsyncError();
  const guarded = useGuarded();
  return (
    <>
      <button id="handler" onClick={() => fail(new Error("handler failed"))}>
        handler
      </button>
      <button id="promise" onClick={() => void guarded(Promise.reject(new Error("promise failed")))}>
        promise
      </button>
    </>
  );
}

function App(): ReactNode {
  const [route, setRoute] = useState("/a");
  const [isLate, setLate] = useState(false);
  return (
    <MainErrorBoundary>
      <h1>Page</h1>
      <button id="route" onClick={() => setRoute("/b")}>
        go
      </button>
      <button id="late" onClick={() => setLate(true)}>
        late
      </button>
      <section id="one">
        <FeatureErrorBoundary name="upload" resetKeys={[route]}>
          <Fragile name="upload" />
        </FeatureErrorBoundary>
      </section>
      <section id="two">
        <ErrorBoundary fallback={<p>own fallback</p>}>
          <Fragile name="list" />
        </ErrorBoundary>
      </section>
      <section id="three">
        <AsyncErrorBoundary name="handlers" loading={<p>loading</p>}>
          <Handlers />
          {isLate && <Late />}
        </AsyncErrorBoundary>
      </section>
      <Fragile name="everything" />
    </MainErrorBoundary>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root, rootHandlers()).render(<App />);
