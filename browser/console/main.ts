/** The console's script: it improves pages that already work without it. */

import { keepZone, showZone } from "./clock";
import { bindCopy, showCopy } from "./copy";
import { drawCharts } from "./charts";
import { bindKeys } from "./keyboard";
import { bindMenus } from "./menus";
import { bindSelection, showSelection } from "./selection";
import { bindRefresh } from "./refresh";
import { bindTheme } from "./theme";

/** Does to fresh HTML what the first HTML got too. */
function improve(): void {
  drawCharts();
  showCopy();
  showSelection();
}

bindTheme(drawCharts);
bindMenus();
bindKeys();
bindCopy();
bindSelection();
showZone();
improve();
bindRefresh(improve);
keepZone();
