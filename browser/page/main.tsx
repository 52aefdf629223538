/** The transfer page: mounts it, and lets what goes wrong be heard. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { MainErrorBoundary, rootHandlers } from "../src/react";
import { App } from "./views/app";
import { restoreTheme } from "./views/theme";

restoreTheme();
const place = document.getElementById("page");
if (place) {
  createRoot(place, rootHandlers()).render(
    <StrictMode>
      <MainErrorBoundary>
        <App />
      </MainErrorBoundary>
    </StrictMode>,
  );
}
