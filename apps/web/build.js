// Bundles the web app: `node apps/web/build.js`; dev.js does it after each change. Called by scripts/prepare.js; the same
// sources give the same bytes. What it makes is dist/:
//
//   index.html            names the rest
//   assets/NAME-HASH.EXT  never changes under its name
//   *.br, *.gz            the same, compressed once and for all
//   LANGUAGE.webmanifest  what an installed app is called
//   release.json          all of these with their SHA-256
//   service-worker.js     names the hash of that list, and keeps the release

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')

/**
 * @param {{ version?: string }} options `version`: for tests, which tell releases apart by it
 * @returns {Promise<Map<string, Uint8Array>>} every file of dist/ by path, uncompressed
 */
export async function buildFiles({ version = '' } = {}) {
  const files = new Map()
  const { chunks, style } = await bundle()
  for (const { fileName, code } of chunks) files.set(fileName, Buffer.from(code))
  const add = (name, bytes) => {
    const path = `assets/${name.replace('.', `-${sha256(bytes).slice(0, 8)}.`)}`
    files.set(path, bytes)
    return path
  }
  const icon = (name) => add(name, readFileSync(join(source, 'icons', name)))
  const links = {
    style: add('style.css', Buffer.from(style)),
    icon: icon('icon.svg'),
    touch: icon('touch-180.png'),
  }
  for (const [name, text] of manifests(icon)) files.set(name, Buffer.from(text))
  files.set('index.html', Buffer.from(pageOf(chunks, links, version)))
  const release = Buffer.from(releaseOf(files))
  files.set('release.json', release)
  files.set('service-worker.js', Buffer.from(await serviceWorker(sha256(release))))
  return files
}

function releaseOf(files) {
  const listed = [...files].map(([path, bytes]) => ({ path, sha256: sha256(bytes), bytes: bytes.length }))
  listed.sort((a, b) => (a.path < b.path ? -1 : 1))
  return `${JSON.stringify({ files: listed }, undefined, 1)}\n`
}

/** One for each language. @returns {[name: string, text: string][]} */
function manifests(icon) {
  const icons = [
    { src: `/${icon('icon-192.png')}`, sizes: '192x192', type: 'image/png' },
    { src: `/${icon('icon-512.png')}`, sizes: '512x512', type: 'image/png' },
    { src: `/${icon('maskable-512.png')}`, sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ]
  const look = {
    id: '/',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#ffffff',
    icons,
  }
  const words = JSON.parse(readFileSync(join(source, 'manifest.json'), 'utf8'))
  return Object.entries(words).map(([lang, text]) => [
    `${lang}.webmanifest`,
    `${JSON.stringify({ lang, ...text, ...look })}\n`,
  ])
}

async function serviceWorker(release) {
  const build = await rolldown({
    input: join(source, 'service-worker.ts'),
    platform: 'browser',
    transform: { target: 'es2022', define: { RELEASE: JSON.stringify(release) } },
  })
  const { output } = await build.generate({ format: 'iife', minify: true, comments: false })
  await build.close()
  return output[0].code
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
    // No second module that only passes a first one's names on.
    preserveEntrySignatures: 'allow-extension',
    plugins: [
      { name: 'style', load: { filter: { id: /\.css$/ }, handler: (file) => takeStyle(file, styles) } },
    ],
    transform: { target: 'es2022', jsx: { runtime: 'automatic' } },
    treeshake: { moduleSideEffects: (id) => !/\/packages\/[a-z]+\//.test(id) },
  })
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    minifyInternalExports: false,
    comments: false,
    entryFileNames: 'assets/[name]-[hash].js',
    chunkFileNames: 'assets/[name]-[hash].js',
  })
  await build.close()
  ensureAllFound(output)
  const style = minifyStyle(
    [...styles]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => text)
      .join('\n'),
  )
  return { chunks: output, style }
}

/** What was not found stays an import of something that no browser has. */
function ensureAllFound(chunks) {
  const made = new Set(chunks.map(({ fileName }) => fileName))
  const missing = chunks.flatMap(({ imports }) => imports).find((name) => !made.has(name))
  if (missing !== undefined) throw new Error(`${missing} was not found`)
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

function pageOf(chunks, { style, icon, touch }, version) {
  const [main, worker] = ['main', 'worker'].map((name) =>
    chunks.find((chunk) => chunk.isEntry && chunk.name === name),
  )
  const head = [
    `<link rel="stylesheet" href="/${style}">`,
    `<link rel="icon" type="image/svg+xml" href="/${icon}">`,
    `<link rel="apple-touch-icon" href="/${touch}">`,
    `<script type="module" src="/${main.fileName}"></script>`,
    ...importsOf(main, chunks).map((name) => `<link rel="modulepreload" href="/${name}">`),
  ]
  return readFileSync(join(source, 'index.html'), 'utf8')
    .replace('<html', version === '' ? '<html' : `<html data-version="${version}"`)
    .replace('%WORKER%', `/${worker.fileName}`)
    .replace('%HEAD%', head.join('\n'))
}

/** What a chunk needs before it can run, at whatever depth. */
function importsOf(chunk, chunks, found = new Set()) {
  for (const name of chunk.imports) {
    if (found.has(name)) continue
    found.add(name)
    importsOf(
      chunks.find(({ fileName }) => fileName === name),
      chunks,
      found,
    )
  }
  return [...found]
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
    if (!/\.(js|json|css|html|svg|webmanifest)$/.test(path)) continue
    writeFileSync(join(dist, `${path}.gz`), gzipSync(bytes, { level: 9 }))
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
    writeFileSync(join(dist, `${path}.br`), brotliCompressSync(bytes, { params }))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
