// Runs after `npm ci` (and as `npm run gen`): patches the MLS engine, generates the protocol code and
// bundles the widget and the web app. Plain JavaScript with no imports beyond Node, because it is the first thing that runs.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const gen = join(root, 'packages/protocol/gen')
const bell = join(root, 'packages/bell')
const web = join(root, 'apps/web')

run('patch-package', 'index.js', ['--error-on-fail'])
make(gen, [...filesUnder(join(root, 'proto')), join(root, 'buf.gen.yaml')], () =>
  run('@bufbuild/buf', 'bin/buf', ['generate']),
)
make(
  join(bell, 'dist'),
  [...filesUnder(join(bell, 'src')), join(bell, 'build.js'), join(root, 'package.json')],
  () => run('../packages/bell', 'build.js', []),
)
make(
  join(web, 'dist'),
  [
    ...['protocol', 'mls', 'history', 'sync', 'client'].flatMap((name) =>
      filesUnder(join(root, 'packages', name, 'src')).filter((file) => !file.endsWith('.test.ts')),
    ),
    ...filesUnder(gen),
    ...filesUnder(join(web, 'src')).filter((file) => !file.endsWith('.test.ts')),
    join(web, 'build.js'),
    join(web, 'tsconfig.json'),
    join(root, 'tsconfig.json'),
    join(root, 'package-lock.json'),
  ],
  () => run('../apps/web', 'build.js', []),
)

/** Makes a folder again unless its sources are those that it was made from. */
function make(folder, sources, command) {
  const stamp = join(folder, '.stamp')
  const digest = digestOf(sources)
  if (!process.argv.includes('--force') && readOrEmpty(stamp) === digest) return
  rmSync(folder, { recursive: true, force: true })
  command()
  mkdirSync(folder, { recursive: true })
  writeFileSync(stamp, digest)
}

function digestOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name)
      return statSync(path).isDirectory() ? filesUnder(path) : [path]
    })
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // no stamp yet: generate
  }
}

/** Runs a dependency's command with this Node; its own output is shown only when it fails. */
function run(name, script, args) {
  const bin = join(root, 'node_modules/.bin')
  const path = `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`
  try {
    execFileSync(process.execPath, [join(root, 'node_modules', name, script), ...args], {
      cwd: root,
      stdio: 'pipe',
      env: { ...process.env, PATH: path },
    })
  } catch (error) {
    console.error(`${error.stdout ?? ''}${error.stderr ?? ''}`)
    console.error(`veche: preparing the sources failed in ${name}; run "npm ci" again, then "npm run gen".`)
    process.exit(1)
  }
}
