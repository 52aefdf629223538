/** Log lines of the page: a constant message and fields that vary, as in Python's `tallow.logger`. */

import { offer } from "./beacon";
import { type Level, settings } from "./settings";

export type Fields = Record<string, unknown>;

export interface Logger {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warning(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  critical(message: string, fields?: Fields): void;
  /** The same logger with `fields` on each of its lines. */
  bind(fields: Fields): Logger;
}

const LEVELS: readonly Level[] = ["debug", "info", "warning", "error", "critical"];

function bound(fields: Fields): Logger {
  const at = (level: Level) => (message: string, more?: Fields): void => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(settings.logLevel)) return;
    offer({ type: "log", level, message: message.slice(0, 2000), context: { ...fields, ...more } });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warning: at("warning"),
    error: at("error"),
    critical: at("critical"),
    bind: (more) => bound({ ...fields, ...more }),
  };
}

export const logger = bound({});
