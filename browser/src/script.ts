/** The SDK for a script tag: `<script src="/tallow/tallow.js" data-app="shop" defer></script>`. */

import { tallow, type Tallow } from "./start";
import { optionsOf } from "./settings";

declare global {
  interface Window {
    tallow?: Tallow;
  }
}

window.tallow = tallow;
const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.dataset["manual"] === undefined) {
  tallow.init(optionsOf(script.dataset));
}
