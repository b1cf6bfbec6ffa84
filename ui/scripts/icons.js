// Renders icons/source into what the systems want. `npm run icons` writes; a test compares `icons/manifest.json`
// with the sources, so that nobody forgets.
import { Resvg } from "@resvg/resvg-js";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ICONS = new URL("../../icons/", import.meta.url);
const SOURCE = new URL("source/", ICONS);

const STATES = ["connected", "starting", "needs-sign-in", "failing", "idle"];
const TRAY_SIZES = [16, 20, 24, 32, 44];
/** The size that has no number in its name: what a tray takes that scales by itself. */
const USUAL = 32;

// What works is quiet: it has the taskbar's own colour. The values are those of ui/src/design/tokens.css.
const COLOURS = {
  "": {
    connected: "#1d1c1a",
    starting: "#1f5f8b",
    "needs-sign-in": "#855600",
    failing: "#b3261e",
    idle: "#6b6761",
  },
  "-dark": {
    connected: "#edebe7",
    starting: "#6db1de",
    "needs-sign-in": "#e2ac52",
    failing: "#f2867d",
    idle: "#98928a",
  },
  // macOS colours a template by itself; only its opacity counts.
  "-template": Object.fromEntries(STATES.map((state) => [state, "#000000"])),
};

/** What the manifest says while the renders are current. */
export function fingerprint() {
  const hash = createHash("sha256");
  for (const file of [...readdirSync(SOURCE).sort(), null]) {
    const path = file === null ? fileURLToPath(import.meta.url) : new URL(file, SOURCE);
    hash.update(readFileSync(path, "utf8").replaceAll("\r\n", "\n"));
  }
  return hash.digest("hex");
}

/** Name of every file in icons/ that is rendered, with its bytes. */
export function renderAll() {
  const app = read("app");
  const bare = (size) => render(app, size);
  // Apple's grid leaves a margin around the shape.
  const apple = (size) => render(app.replace('viewBox="0 0 512 512"', 'viewBox="-40 -40 592 592"'), size);
  const files = new Map([
    ["app/32x32.png", bare(32)],
    ["app/128x128.png", bare(128)],
    ["app/128x128@2x.png", bare(256)],
    ["app/icon.png", bare(512)],
    ["app/icon.ico", ico([16, 20, 24, 32, 40, 48, 64, 256].map((size) => [size, bare(size)]))],
    [
      "app/icon.icns",
      icns(
        [
          ["ic11", 32],
          ["ic12", 64],
          ["ic07", 128],
          ["ic13", 256],
          ["ic08", 256],
          ["ic14", 512],
          ["ic09", 512],
          ["ic10", 1024],
        ].map(([type, size]) => [type, apple(size)]),
      ),
    ],
  ]);
  for (const state of STATES) {
    for (const [look, colours] of Object.entries(COLOURS)) {
      for (const size of TRAY_SIZES) {
        const drawing = onThePixels(read(state), size).replaceAll("currentColor", colours[state]);
        const name = size === USUAL ? `${state}${look}` : `${state}${look}-${size}`;
        files.set(`tray/${name}.png`, render(drawing, size));
      }
    }
  }
  return files;
}

const read = (name) => readFileSync(new URL(`${name}.svg`, SOURCE), "utf8");

const render = (svg, size) => new Resvg(svg, { fitTo: { mode: "width", value: size } }).render().asPng();

/**
 * Moves straight lines of a drawing on the 16 grid so that their edges fall between pixels at that size: a line of
 * an even number of pixels has its middle between two of them, one of an odd number on one. Curves and slanted ends
 * keep their shape.
 */
function onThePixels(svg, size) {
  const scale = size / 16;
  const root = Number(/stroke-width="([\d.]+)"/.exec(svg)[1]);
  const dotted = svg.includes("h.01M");
  const width = Math.max(dotted ? 1 : 2, Math.round(root * scale));
  // Counted from the middle, so that what is symmetrical stays so.
  const snapped = (value) => {
    const pixels = Math.abs(value - 8) * scale;
    const whole = width % 2 === 0 ? Math.round(pixels) : Math.floor(pixels) + 0.5;
    return 8 + (Math.sign(value - 8) * whole) / scale;
  };
  const inside = (value) => Math.min(Math.max(snapped(value), width / 2 / scale), 16 - width / 2 / scale);
  return svg
    .replace(/stroke-width="[\d.]+"/g, (attribute) => {
      const own = Number(attribute.slice(14, -1));
      return `stroke-width="${Math.max(1, Math.round((own / root) * width)) / scale}"`;
    })
    .replace(
      / d="([^"]+)"/g,
      (_, path) => ` d="${path.replace(/([MLHV])\s*(-?[\d.]+)(?:[ ,](-?[\d.]+))?/g, move)}"`,
    );

  function move(_, letter, first, second) {
    if (second === undefined) return `${letter}${inside(Number(first))}`;
    return `${letter}${inside(Number(first))} ${inside(Number(second))}`;
  }
}

/** Windows' icon file: a directory, then a PNG each. */
function ico(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(([size, png], index) => {
    const at = 6 + 16 * index;
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(([, png]) => png)]);
}

/** Apple's icon file: four letters, a length, a PNG, and again. */
function icns(images) {
  const chunk = (type, data) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, "ascii");
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  };
  return chunk("icns", Buffer.concat(images.map(([type, png]) => chunk(type, png))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of ["app/", "tray/"]) {
    rmSync(new URL(folder, ICONS), { recursive: true, force: true });
    mkdirSync(new URL(folder, ICONS));
  }
  const files = renderAll();
  for (const [name, bytes] of files) writeFileSync(new URL(name, ICONS), bytes);
  const manifest = { sources: fingerprint(), files: [...files.keys()] };
  writeFileSync(new URL("manifest.json", ICONS), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`${files.size} icons`);
}
