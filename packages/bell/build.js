// Bundles the widget into one classic script, and its panel's style sheet beside it: `node packages/bell/build.js`. Called by scripts/prepare.js; the same sources give the
// same bytes.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))

/** Names of properties that are this package's alone: none is the DOM's, an option's of its methods, or kept anywhere. */
const ownNames =
  /^(?:takeBell|dressed|intervalMs|offline|isOk|markup|stop|nodes|noteInput|tell|isOn|restore|forget|save|messages|user|ask|attempted|root)$/

/** @returns {Promise<string>} the whole script */
export async function buildScript() {
  const bundle = await rolldown({
    input: join(here, 'src/nichatka.ts'),
    platform: 'browser',
    plugins: [{ name: 'style', load: { filter: { id: /\.css$/ }, handler: styleModule } }],
    transform: { target: 'es2022' },
  })
  const minify = { compress: true, mangle: true, codegen: true, mangleProps: { include: ownNames } }
  const { output } = await bundle.generate({ format: 'iife', minify, comments: false })
  await bundle.close()
  return output[0].code
}

/** The sheet as a string, for a constructable style sheet: nothing is put into the host's document. */
function styleModule(file) {
  const code = `export default ${JSON.stringify(minifyStyle(readFileSync(file, 'utf8')))}`
  return { code, moduleType: 'js' }
}

function minifyStyle(text) {
  return text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>/]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .replace(/--_(\w)\w*/g, '--_$1') // our own names; their first letters differ
    .replace(/="([a-z-]+)"\]/g, '=$1]')
    .replace(/\b0\./g, '.')
    .trim()
}

/** @returns {string} what dresses the panel, loaded when it is first opened */
export function buildPanelStyle() {
  return minifyStyle(readFileSync(join(here, 'src/panel.css'), 'utf8'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(here, 'dist'), { recursive: true })
  writeFileSync(join(here, 'dist/nichatka.js'), await buildScript())
  writeFileSync(join(here, 'dist/nichatka.css'), buildPanelStyle())
}
