/** What the page finds around it: Tallow by its script tag, and text files by the bundler. */

import type { Tallow } from "../src";

declare global {
  interface Window {
    tallow?: Tallow;
  }
}
