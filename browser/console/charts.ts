/** Charts: uPlot over the server's SVG, one crosshair for the page, drag to choose a range. */

import uPlot from "uplot";
import { formatTick, formatValue } from "./units";

interface Line {
  name: string;
  tone: string;
  values: (number | null)[];
}

interface Chart {
  unit: string;
  kind: "line" | "area" | "bars";
  step: number;
  quiet: boolean;
  times: number[];
  lines: Line[];
  marks: { at_s: number; text: string; kind: string }[];
}

interface Drawn {
  plot: uPlot;
  chart: Chart;
  shape: string;
  watch: ResizeObserver;
}

const drawn = new Map<HTMLElement, Drawn>();
const crosshair = uPlot.sync("page");

/** Draws every chart of the page that is new or changed; `again` also those that are not. */
export function drawCharts(again = false): void {
  for (const [figure, { plot, watch }] of drawn) {
    if (figure.isConnected && !again) continue;
    watch.disconnect();
    plot.destroy();
    drawn.delete(figure);
  }
  for (const figure of document.querySelectorAll<HTMLElement>("figure[data-chart]")) draw(figure);
}

function draw(figure: HTMLElement): void {
  const text = figure.dataset["chart"];
  const place = figure.querySelector<HTMLElement>(".plot");
  if (!text || !place || figure.classList.contains("is-empty")) return;
  const chart = JSON.parse(text) as Chart;
  if (chart.times.length < 2) return;
  const shape = `${chart.kind} ${chart.unit} ${chart.lines.map((line) => line.name + line.tone).join()}`;
  const before = drawn.get(figure);
  if (before && before.shape === shape) {
    before.chart = chart;
    before.plot.setData(dataOf(chart), true);
    figure.classList.add("is-drawn");
    return;
  }
  before?.watch.disconnect();
  before?.plot.destroy();
  place.setAttribute("hx-morph-skip", "");
  place.replaceChildren();
  const plot = new uPlot(optionsOf(figure, place, chart), dataOf(chart), place);
  const watch = new ResizeObserver(() => {
    plot.setSize({ width: place.clientWidth, height: place.clientHeight });
  });
  watch.observe(place);
  figure.classList.add("is-drawn");
  drawn.set(figure, { plot, chart, shape, watch });
  bindLegend(figure, plot);
}

/** uPlot's columns; bars are stacked from the last line up, so the first stands on top. */
function dataOf(chart: Chart): uPlot.AlignedData {
  if (chart.kind !== "bars") return [chart.times, ...chart.lines.map((line) => line.values)];
  const sums = chart.times.map(() => 0);
  const stacked = [...chart.lines].map((line) =>
    line.values.map((number, index) => (sums[index] = (sums[index] ?? 0) + (number ?? 0))),
  );
  return [chart.times, ...stacked.reverse()];
}

/** Which line of the chart a series of the plot is. */
function lineAt(chart: Chart, series: number): number {
  return chart.kind === "bars" ? chart.lines.length - series : series - 1;
}

/** A token's colour as the browser resolves it, since canvas does not know custom properties. */
function colourOf(place: Element, name: string): string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  place.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function toneOf(place: Element, tone: string): string {
  if (tone === "soft") return colourOf(place, "--line-strong");
  if (tone === "main") return colourOf(place, "--series-1");
  return colourOf(place, /^\d$/.test(tone) ? `--series-${tone}` : `--${tone}-fill`);
}

function seriesOf(place: Element, chart: Chart): uPlot.Series[] {
  const many = chart.lines.length;
  return Array.from({ length: many }, (_, index) => {
    const line = chart.lines[lineAt(chart, index + 1)];
    const colour = toneOf(place, line?.tone ?? "1");
    const bars = chart.kind === "bars";
    return {
      label: line?.name ?? "",
      stroke: bars ? "transparent" : colour,
      width: bars ? 0 : 1.5,
      points: { show: bars ? false : alone(line?.values ?? []), size: 4, fill: colour },
      ...(bars || chart.kind === "area" ? { fill: bars ? colour : faint(colour) } : {}),
      ...(bars ? { paths: uPlot.paths.bars?.({ size: [0.8, 40], align: 1 }) ?? null } : {}),
    } as uPlot.Series;
  });
}

/** Whether a line has a value that no neighbour joins to: only a point can show it. */
function alone(values: (number | null)[]): boolean {
  return values.some(
    (number, index) =>
      number !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null,
  );
}

function faint(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)");
}

function optionsOf(figure: HTMLElement, place: HTMLElement, chart: Chart): uPlot.Options {
  const soft = colourOf(place, "--text-soft");
  const line = colourOf(place, "--line");
  const axis = { stroke: soft, font: '12px system-ui, "Segoe UI", sans-serif' };
  const steps = place.clientHeight < 120 ? 28 : 40;
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    focus: { alpha: 0.25 },
    cursor: {
      y: false,
      sync: { key: crosshair.key, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      focus: { prox: -1 },
    },
    scales: { x: { time: true, range: () => spanOf(drawn.get(figure)?.chart ?? chart) }, y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, ticks: { stroke: line, width: 1, size: 4 }, size: 28, gap: 4, space: 70, values: times },
      {
        ...axis,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        border: { show: false },
        size: widthOf,
        gap: 6,
        space: steps,
        values: (_plot, splits) => splits.map((number) => formatTick(number, chart.unit)),
      },
    ],
    series: [{}, ...seriesOf(place, chart)],
    hooks: {
      setCursor: [(plot) => showValues(figure, plot)],
      setSelect: [(plot) => choose(plot)],
      drawClear: [],
      draw: [(plot) => drawMarks(plot, drawn.get(figure)?.chart ?? chart, soft)],
    },
  };
}

/** All charts of a page end where the newest step ends, so that one crosshair fits them all. */
function spanOf(chart: Chart): [number, number] {
  return [chart.times[0] ?? 0, (chart.times[chart.times.length - 1] ?? 0) + chart.step];
}

/** Room for the longest word of an axis, so that nothing is cut and nothing jumps. */
function widthOf(plot: uPlot, words: string[] | null): number {
  const context = plot.ctx;
  const most = Math.max(0, ...(words ?? []).map((word) => context.measureText(word).width));
  return Math.max(44, Math.ceil(most / devicePixelRatio) + 12);
}

function times(plot: uPlot, splits: number[]): string[] {
  const span = (splits[splits.length - 1] ?? 0) - (splits[0] ?? 0);
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  void plot;
  return splits.map((moment, index) => {
    const at = new Date(moment * 1000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0;
    if (step >= 86400 || midnight || (span > 86400 && index === 0)) {
      return at.toLocaleDateString("en-GB", { day: "2-digit", month: "short" });
    }
    const seconds = step < 60 ? { second: "2-digit" as const } : {};
    return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...seconds });
  });
}

/** Writes the values under the crosshair into the legend, and back when it leaves. */
function showValues(figure: HTMLElement, plot: uPlot): void {
  const state = drawn.get(figure);
  if (!state) return;
  const index = plot.cursor.idx;
  const at = figure.querySelector("[data-at]");
  const moment = index === null || index === undefined ? undefined : state.chart.times[index];
  if (at) at.textContent = moment === undefined ? "" : exactly(moment);
  figure.querySelectorAll<HTMLElement>("[data-line]").forEach((row) => {
    const value = row.querySelector<HTMLElement>("[data-value]");
    const line = state.chart.lines[Number(row.dataset["line"])];
    if (!value || !line) return;
    value.textContent =
      index === null || index === undefined ? resting(state.chart, line) : formatValue(line.values[index], state.chart.unit);
  });
}

/** What a legend says with no crosshair: the sum of bars, the last value of a line. */
function resting(chart: Chart, line: Line): string {
  const known = line.values.filter((number): number is number => number !== null);
  if (known.length === 0) return "–";
  if (chart.kind !== "bars" && chart.quiet) return "";
  const said = chart.kind === "bars" ? known.reduce((sum, number) => sum + number, 0) : known[known.length - 1];
  return formatValue(said, chart.unit);
}

function exactly(moment: number): string {
  return new Date(moment * 1000).toLocaleString("en-GB", {
    day: "2-digit",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

/** A drag becomes the page's range, in its address. */
function choose(plot: uPlot): void {
  if (plot.select.width < 6) return;
  const from = plot.posToVal(plot.select.left, "x");
  const to = plot.posToVal(plot.select.left + plot.select.width, "x");
  const address = new URL(location.href);
  for (const name of ["range", "live"]) address.searchParams.delete(name);
  address.searchParams.set("from", new Date(from * 1000).toISOString());
  address.searchParams.set("to", new Date(Math.max(to, from + 1) * 1000).toISOString());
  location.assign(address);
}

/** Hovering a word of the legend brings its line forward. */
function bindLegend(figure: HTMLElement, plot: uPlot): void {
  const legend = figure.querySelector<HTMLElement>(".legend");
  legend?.addEventListener("pointerover", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-line]") : null;
    const state = drawn.get(figure);
    if (!row || state?.plot !== plot) return;
    const series = lineAt(state.chart, Number(row.dataset["line"]) + 1);
    plot.setSeries(state.chart.kind === "bars" ? series + 1 : Number(row.dataset["line"]) + 1, { focus: true });
  });
  legend?.addEventListener("pointerleave", () => {
    if (drawn.get(figure)?.plot === plot) plot.setSeries(null as unknown as number, { focus: false });
  });
}

function drawMarks(plot: uPlot, chart: Chart, colour: string): void {
  const { ctx, bbox } = plot;
  const ends = [-Infinity, -Infinity];
  for (const mark of [...chart.marks].sort((a, b) => a.at_s - b.at_s)) {
    const x = plot.valToPos(mark.at_s, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    const width = ctx.measureText(mark.text).width + 8 * devicePixelRatio;
    const start = x > bbox.left + bbox.width * 0.8 ? x - width : x;
    const row = ends.findIndex((end) => end < start);
    if (row >= 0) {
      ends[row] = start + width;
      ctx.fillText(mark.text, start + 4 * devicePixelRatio, bbox.top + (10 + 13 * row) * devicePixelRatio);
    }
    ctx.restore();
  }
}
