/** Numbers as people read them; the same words as the server's `web/units.py`. */

export function formatValue(number: number | null | undefined, unit: string): string {
  if (number === null || number === undefined || !Number.isFinite(number)) return "–";
  if (unit === "s") return formatSeconds(number);
  if (unit === "ms") return formatSeconds(number / 1000);
  if (unit === "B" || unit === "B/s") return formatSize(number) + unit.slice(1);
  if (unit === "ratio") return formatRatio(number);
  if (unit.startsWith("/")) return compact(number) + unit;
  const word = number === 1 ? unit.replace(/s$/, "") : unit;
  return `${compact(number)} ${word}`.trimEnd();
}

/** A number on an axis: a unit that is a mere word stands in the chart's title. */
export function formatTick(number: number, unit: string): string {
  return /^(s|ms|B|B\/s|ratio|\/.*)$/.test(unit) ? formatValue(number, unit) : compact(number);
}

function short(number: number): string {
  if (Math.abs(number) >= 99.95) return number.toFixed(0);
  return (Math.floor(number * 10 + 0.5) / 10).toFixed(1).replace(/\.0$/, "");
}

function twoDigits(number: number): string {
  return String(Number(number.toPrecision(2)));
}

export function compact(number: number): string {
  const size = Math.abs(number);
  if (size < 1) return size < 1e-9 ? "0" : twoDigits(number);
  const steps: [number, string][] = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  for (const [step, letter] of steps) {
    if (size >= step * 0.9995) return short(number / step) + letter;
  }
  return short(number);
}

export function formatSeconds(number: number): string {
  const length = Math.abs(number);
  const sign = number < 0 ? "-" : "";
  if (length === 0) return "0 ms";
  if (length < 0.0009995) return `${sign}${short(length * 1e6)} µs`;
  if (length < 0.9995) return `${sign}${short(length * 1e3)} ms`;
  if (length < 60) return `${sign}${short(length)} s`;
  const [whole, part, many, few] =
    length < 3600 ? [60, 1, "min", "s"] : length < 86400 ? [3600, 60, "h", "min"] : [86400, 3600, "d", "h"];
  const parts = Math.round(length / Number(part));
  const each = Number(whole) / Number(part);
  const rest = parts % each;
  return `${sign}${Math.floor(parts / each)} ${many}${rest ? ` ${rest} ${few}` : ""}`;
}

export function formatSize(number: number): string {
  const steps: [number, string][] = [
    [1e12, "TB"],
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ];
  for (const [step, name] of steps) {
    if (Math.abs(number) >= step * 0.9995) return `${short(number / step)} ${name}`;
  }
  return `${short(number)} B`;
}

export function formatRatio(number: number): string {
  const percent = number * 100;
  if (percent !== 0 && Math.abs(percent) < 1) return `${twoDigits(percent)} %`;
  return `${short(percent)} %`;
}
