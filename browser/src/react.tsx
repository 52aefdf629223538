/** React error boundaries: the rest of the page stays, the visitor can try again, we hear of it once. */

import {
  Component,
  type ComponentType,
  createElement,
  type ErrorInfo,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import type { Tallow } from "./start";

export interface RecoveryProps {
  error: unknown;
  /** 32 hex digits to quote to whoever runs the page; empty when nothing was reported. */
  errorId: string;
  /** The code of a newer version is needed: only a reload helps. */
  isStale: boolean;
  reset: () => void;
}

export interface BoundaryProps {
  children?: ReactNode;
  /** What to show instead; left out: `RecoveryView`. */
  fallback?: ReactNode | ComponentType<RecoveryProps>;
  /** A change of any of these tries again; pass the route, so that leaving it mends it. */
  resetKeys?: readonly unknown[];
  /** Which part of the page this is; told with the error. */
  name?: string;
  onError?: (error: unknown, errorId: string) => void;
  onReset?: () => void;
}

interface State {
  caught: { error: unknown } | undefined;
  errorId: string;
}

const STALE =
  /Loading (?:CSS )?chunk|dynamically imported module|Importing a module script failed|ChunkLoadError/i;

/** The SDK of this page, whichever bundle brought it. */
function installed(): Tallow | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("tallow")] as Tallow | undefined;
}

function isDevelopment(): boolean {
  return installed()?.isPrinting() ?? false;
}

function isStaleCode(error: unknown): boolean {
  return error instanceof Error && STALE.test(`${error.name} ${error.message}`);
}

/** Reloads for new code, but never twice in a row: a page that came by reload only offers it. */
function reloadOnce(): void {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (entry?.type !== "reload") location.reload();
}

/** Catches what its children throw while rendering. The other boundaries are made of it. */
export class ErrorBoundary extends Component<BoundaryProps & { level?: "main" | "feature" }, State> {
  override state: State = { caught: undefined, errorId: "" };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { caught: { error } };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    const { name = "", level = "feature", onError } = this.props;
    const errorId = report(error, name || level, componentStack ?? "");
    this.setState({ errorId });
    if (isStaleCode(error)) reloadOnce();
    onError?.(error, errorId);
  }

  override componentDidUpdate(before: BoundaryProps): void {
    const { resetKeys: keys = [] } = this.props;
    const earlier = before.resetKeys ?? [];
    const changed =
      keys.length !== earlier.length || keys.some((key, at) => !Object.is(key, earlier[at]));
    if (this.state.caught && changed) this.reset();
  }

  reset = (): void => {
    this.setState({ caught: undefined, errorId: "" });
    this.props.onReset?.();
  };

  override render(): ReactNode {
    const { caught, errorId } = this.state;
    if (!caught) return this.props.children;
    const { fallback = RecoveryView } = this.props;
    if (typeof fallback !== "function") return fallback;
    const { error } = caught;
    return createElement(fallback, { error, errorId, isStale: isStaleCode(error), reset: this.reset });
  }
}

function report(error: unknown, boundary: string, componentStack: string): string {
  if (isDevelopment()) console.error("[tallow]", boundary, error, componentStack);
  const context = { handled: true, mechanism: "boundary", tags: { boundary }, componentStack };
  return installed()?.captureException(error, context) ?? "";
}

/** Around the whole page: what nobody else caught. */
export function MainErrorBoundary(props: BoundaryProps): ReactNode {
  return <ErrorBoundary {...props} level="main" name={props.name ?? "main"} />;
}

/** Around one part: the others go on. */
export function FeatureErrorBoundary(props: BoundaryProps & { name: string }): ReactNode {
  return <ErrorBoundary {...props} level="feature" />;
}

/** Around a part that is loaded late or waits for data. */
export function AsyncErrorBoundary({
  loading = null,
  children,
  ...rest
}: BoundaryProps & { loading?: ReactNode }): ReactNode {
  return (
    <ErrorBoundary {...rest} name={rest.name ?? "async"}>
      <Suspense fallback={loading}>{children}</Suspense>
    </ErrorBoundary>
  );
}

/** Returns a function that hands an error of a handler or a promise to the nearest boundary. */
export function useAsyncError(): (error: unknown) => void {
  const [, setState] = useState<undefined>(undefined);
  return useCallback((error: unknown) => {
    setState(() => {
      throw error;
    });
  }, []);
}

/** Runs promises whose failure the nearest boundary shows; resolves to undefined then. */
export function useGuarded(): <T>(work: Promise<T>) => Promise<T | undefined> {
  const fail = useAsyncError();
  return useCallback(
    <T,>(work: Promise<T>) =>
      work.catch((error: unknown) => {
        fail(error);
        return undefined;
      }),
    [fail],
  );
}

/** What to give `createRoot`, so that errors outside any boundary are reported, each once. */
export function rootHandlers(): {
  onUncaughtError: (error: unknown, info: { componentStack?: string | undefined }) => void;
  onRecoverableError: (error: unknown) => void;
} {
  return {
    onUncaughtError(error, { componentStack = "" }) {
      console.error(error);
      const context = { handled: false, mechanism: "react", componentStack };
      installed()?.captureException(error, context);
    },
    onRecoverableError(error) {
      installed()?.captureException(error, { level: "warning", mechanism: "recoverable" });
    },
  };
}

export interface RecoveryTexts {
  title?: string;
  stale?: string;
  advice?: string;
}

/** What the visitor sees instead: what happened, what to do, an id to quote; never the message. */
export function RecoveryView({
  error,
  errorId,
  isStale,
  reset,
  title = "Something went wrong here",
  stale = "This page has been updated. Reload it to go on.",
  advice = "The rest of the page still works. Try again, or reload the page.",
}: RecoveryProps & RecoveryTexts): ReactNode {
  const view = useRef<HTMLDivElement>(null);
  useEffect(() => view.current?.focus({ preventScroll: true }), []);
  return (
    <div role="alert" tabIndex={-1} ref={view} className="tallow-recovery">
      <h2>{title}</h2>
      <p>{isStale ? stale : advice}</p>
      <p>
        {!isStale && (
          <button type="button" onClick={reset}>
            Try again
          </button>
        )}{" "}
        <button type="button" onClick={() => location.reload()}>
          Reload page
        </button>
      </p>
      {errorId && (
        <p>
          Error id <code>{errorId}</code>
        </p>
      )}
      {isDevelopment() && <pre>{error instanceof Error ? error.stack : String(error)}</pre>}
    </div>
  );
}
