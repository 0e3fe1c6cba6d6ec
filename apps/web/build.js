// Bundles the web app: `node apps/web/build.js`; dev.js does it after each change. Called by scripts/prepare.js; the same
// sources give the same bytes. What it makes is dist/:
//
//   index.html            names the rest; the only file whose name stays the same from release to release
//   assets/NAME-HASH.EXT  never changes under its name
//   *.br, *.gz            the same, compressed once and for all
//   release.json          every file with its SHA-256: what a server serves, and what verifies it

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')

/** @returns {Promise<Map<string, Uint8Array>>} every file of dist/ but release.json, by path, uncompressed */
export async function buildFiles() {
  const files = new Map()
  const { chunks, style } = await bundle()
  for (const { fileName, code } of chunks) files.set(fileName, Buffer.from(code))
  const add = (name, bytes) => {
    const path = `assets/${name.replace('.', `-${sha256(bytes).slice(0, 8)}.`)}`
    files.set(path, bytes)
    return path
  }
  const links = {
    style: add('style.css', Buffer.from(style)),
    icon: add('icon.svg', readFileSync(join(source, 'icons/icon.svg'))),
  }
  files.set('index.html', Buffer.from(pageOf(chunks, links)))
  return files
}

/** @param {Map<string, Uint8Array>} files @returns {string} */
export function releaseOf(files) {
  const listed = [...files].map(([path, bytes]) => ({ path, sha256: sha256(bytes), bytes: bytes.length }))
  listed.sort((a, b) => (a.path < b.path ? -1 : 1))
  return `${JSON.stringify({ files: listed }, undefined, 1)}\n`
}

async function bundle() {
  const styles = new Map()
  const build = await rolldown({
    input: {
      main: join(source, 'main.tsx'),
      connect: join(source, 'core/connect.ts'),
      worker: join(source, 'core/worker.ts'),
    },
    platform: 'browser',
    plugins: [
      { name: 'style', load: { filter: { id: /\.css$/ }, handler: (file) => takeStyle(file, styles) } },
    ],
    transform: { target: 'es2022', jsx: { runtime: 'automatic' } },
    treeshake: { moduleSideEffects: (id) => !/\/packages\/[a-z]+\//.test(id) },
  })
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    comments: false,
    entryFileNames: 'assets/[name]-[hash].js',
    chunkFileNames: 'assets/[name]-[hash].js',
  })
  await build.close()
  const style = minifyStyle(
    [...styles]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => text)
      .join('\n'),
  )
  return { chunks: output, style }
}

/** The sheets that modules name become one file, in the order of their names, linked from the page. */
function takeStyle(file, styles) {
  styles.set(file.slice(source.length), readFileSync(file, 'utf8'))
  return { code: 'export {}', moduleType: 'js', moduleSideEffects: false }
}

function minifyStyle(text) {
  return text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};]) ?/g, '$1')
    .replace(/;}/g, '}')
    .trim()
}

function pageOf(chunks, { style, icon }) {
  const [main, worker] = ['main', 'worker'].map((name) =>
    chunks.find((chunk) => chunk.isEntry && chunk.name === name),
  )
  const head = [
    `<link rel="stylesheet" href="/${style}">`,
    `<link rel="icon" type="image/svg+xml" href="/${icon}">`,
    `<script type="module" src="/${main.fileName}"></script>`,
    ...main.imports.map((name) => `<link rel="modulepreload" href="/${name}">`),
  ]
  return readFileSync(join(source, 'index.html'), 'utf8')
    .replace('%WORKER%', `/${worker.fileName}`)
    .replace('%HEAD%', head.join('\n'))
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function build() {
  const files = await buildFiles()
  const dist = join(here, 'dist')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(join(dist, 'assets'), { recursive: true })
  for (const [path, bytes] of files) {
    writeFileSync(join(dist, path), bytes)
    if (!/\.(js|css|html|svg|webmanifest)$/.test(path)) continue
    writeFileSync(join(dist, `${path}.gz`), gzipSync(bytes, { level: 9 }))
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    writeFileSync(join(dist, `${path}.br`), brotliCompressSync(bytes, { params }))
  }
  writeFileSync(join(dist, 'release.json'), releaseOf(files))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
