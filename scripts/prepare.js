// Runs after `npm ci` (and as `npm run gen`): patches the MLS engine and generates the
// protocol code. Plain JavaScript with no imports beyond Node, because it is the first thing that runs.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const gen = join(root, 'packages/protocol/gen')
const stamp = join(gen, '.stamp')

run('patch-package', 'index.js', ['--error-on-fail'])
generate()

/** Regenerates the protocol code unless the contract is the one it was generated from. */
function generate() {
  const digest = contractDigest()
  if (!process.argv.includes('--force') && readOrEmpty(stamp) === digest) return
  rmSync(gen, { recursive: true, force: true })
  run('@bufbuild/buf', 'bin/buf', ['generate'])
  mkdirSync(gen, { recursive: true })
  writeFileSync(stamp, digest)
}

function contractDigest() {
  const hash = createHash('sha256')
  for (const file of [...filesUnder(join(root, 'proto')), join(root, 'buf.gen.yaml')]) {
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
