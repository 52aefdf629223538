/** The page's few pictures; all say nothing that words beside them do not say. */

import type { ReactNode } from "react";

function Icon({ children, className = "icon" }: { children: ReactNode; className?: string }): ReactNode {
  return (
    <svg className={className} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Mark = (): ReactNode => (
  <svg className="mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <rect width="16" height="16" rx="4" />
    <path d="M8 3.5v7M5 6.5l3-3 3 3M4 12.5h8" />
  </svg>
);
export const Upload = (): ReactNode => (
  <Icon className="icon huge">
    <path d="M12 16V4M7 9l5-5 5 5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4" />
  </Icon>
);
export const ArrowDown = (): ReactNode => (
  <Icon>
    <path d="M12 4v12M7 11l5 5 5-5M5 20h14" />
  </Icon>
);
export const File = (): ReactNode => (
  <Icon>
    <path d="M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zM14 3v4h4" />
  </Icon>
);
export const Lock = (): ReactNode => (
  <Icon>
    <path d="M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1z" />
  </Icon>
);
export const Copy = (): ReactNode => (
  <Icon>
    <path d="M9 9h10v12H9zM5 15V4a1 1 0 0 1 1-1h9" />
  </Icon>
);
export const Check = (): ReactNode => (
  <Icon className="icon verdict ok">
    <path d="M4 12.5l5 5L20 6.5" />
  </Icon>
);
export const Cross = (): ReactNode => (
  <Icon className="icon verdict bad">
    <path d="M12 7v6M12 16.5v.5M12 3l9.5 17h-19z" />
  </Icon>
);
export const HalfMoon = (): ReactNode => (
  <Icon>
    <path d="M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18" />
    <path className="filled" d="M12 3a9 9 0 0 0 0 18z" />
  </Icon>
);
