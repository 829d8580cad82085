export interface Curve {
  readonly name: string;
  /** Positive, from left to right. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 640;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 150, top: 20, bottom: 50 };
const COLOURS = ['#0b63b5', '#7fb2e5', '#b5460b', '#e5aa7f'];

/** Curves on two logarithmic axes: what grows in proportion is a straight line at 45°, whatever its slope. */
export function toSvg(curves: readonly Curve[], titles: { readonly x: string; readonly y: string }): string {
  const points = curves.flatMap((curve) => curve.points);
  const x = toScale(
    points.map(([value]) => value),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const y = toScale(
    points.map(([, value]) => value),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const lines = curves.map(({ name, points: own }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? 'black';
    const path = own.map(([a, b]) => `${x.at(a)},${y.at(b)}`).join(' ');
    const dots = own
      .map(([a, b]) => `<circle cx="${x.at(a)}" cy="${y.at(b)}" r="3" fill="${colour}"/>`)
      .join('');
    const row = String(MARGIN.top + 20 + index * 20);
    const label = `<text x="${String(WIDTH - MARGIN.right + 14)}" y="${row}" fill="${colour}">${name}</text>`;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}${label}`;
  });
  const [left, right] = [String(MARGIN.left), String(WIDTH - MARGIN.right)];
  const [top, bottom] = [String(MARGIN.top), String(HEIGHT - MARGIN.bottom)];
  const columns = x.ticks.map(
    (tick) =>
      `<line x1="${x.at(tick)}" y1="${top}" x2="${x.at(tick)}" y2="${bottom}" stroke="#ddd"/>` +
      `<text x="${x.at(tick)}" y="${String(HEIGHT - MARGIN.bottom + 18)}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
  );
  const rows = y.ticks.map(
    (tick) =>
      `<line x1="${left}" y1="${y.at(tick)}" x2="${right}" y2="${y.at(tick)}" stroke="#ddd"/>` +
      `<text x="${String(MARGIN.left - 8)}" y="${y.at(tick)}" text-anchor="end">${tick.toLocaleString('en')}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="sans-serif" font-size="12">`,
    `<rect width="${String(WIDTH)}" height="${String(HEIGHT)}" fill="white"/>`,
    ...columns,
    ...rows,
    ...lines,
    `<text x="${left}" y="${String(HEIGHT - 10)}">${titles.x}</text>`,
    `<text x="6" y="14">${titles.y}</text>`,
    '</svg>\n',
  ].join('\n');
}

/** Powers of ten around the values, and where each value lies between two edges. */
function toScale(values: readonly number[], start: number, end: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1);
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    at: (value: number) => (start + ((Math.log10(value) - low) / (high - low)) * (end - start)).toFixed(1),
  };
}
