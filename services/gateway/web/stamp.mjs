// Writes what the build was made from, so that a test without Node sees a stale one.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const folder = (name) => readdirSync(name).sort().map((file) => `${name}/${file}`);
const inputs = [
  ...folder("src"),
  ...folder("public"),
  "words.json",
  "../page/places.csv",
  "vite.config.ts",
  "package-lock.json",
];
const hash = createHash("sha256");
for (const file of inputs) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
const types = createHash("sha256").update(readFileSync("../../../docs/openapi/gateway.json"));
writeFileSync("dist/stamp.json", JSON.stringify({ sources: hash.digest("hex"), contract: types.digest("hex") }) + "\n");
// What is bundled goes with its licence.
copyFileSync("node_modules/maplibre-gl/LICENSE.txt", "dist/assets/maplibre-gl-LICENSE.txt");
