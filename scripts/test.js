// `npm test`: the checks, then all tests with the coverage gate; `--long` takes the longer random runs. Plain
// JavaScript for whatever Node (20 or later) the machine has; the rest runs on the Node that `npm ci` brought.
//
// The last line is `N passed, N failed`. The exit code is 0 only if the checks, all tests and the gate hold.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const long = process.argv.includes('--long')
const node = findNode()
const folder = mkdtempSync(join(tmpdir(), 'veche-npm-test-'))
const env = {
  ...process.env,
  PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  ...(long && { VECHE_LONG: '1' }),
}
// An operator's settings are not the tests'.
for (const name of Object.keys(env)) if (isOperators(name)) delete env[name]

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true
    running?.kill(signal)
  })
}
let running
process.exitCode = await main()

async function main() {
  let postgres
  try {
    if (!existsSync(join(root, 'packages/protocol/gen/.stamp'))) await must('scripts/prepare.js')
    const checked = await run('scripts/check.js')
    if (interrupted) return 130
    postgres = await startPostgres()
    env.VECHE_TEST_DATABASE = postgres.url
    const report = join(folder, 'report.json')
    const tested = await run(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--coverage',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2).filter((argument) => argument !== '--long'),
    )
    if (interrupted) return 130
    if (checked !== 0) console.error('\nThe checks failed; see above.')
    console.log(summary(report))
    return checked === 0 && tested === 0 ? 0 : 1
  } catch (error) {
    console.error(`npm test: ${error.message}`)
    return 1
  } finally {
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function summary(report) {
  if (!existsSync(report)) return '0 passed, 1 failed'
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that does not even load has no tests to count, and is a failure all the same.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return `${numPassedTests} passed, ${numFailedTests + broken.length} failed`
}

/** One PostgreSQL for all test files; each file makes a database of its own on it. */
async function startPostgres() {
  const script = fileURLToPath(
    new URL('../packages/service-kit/src/testing/serve-test-postgres.ts', import.meta.url),
  )
  const child = spawn(node, [script, join(folder, 'data')], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  let output = ''
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  for await (const chunk of child.stdout) {
    output += chunk
    if (!output.includes('\n')) continue
    const stop = () => {
      child.stdin.end()
      return ended
    }
    return { url: output.trim(), stop }
  }
  const line = errors.split('\n').find((text) => text.includes('Error')) ?? errors
  throw new Error(`the tests need PostgreSQL, which does not start here: ${line.trim()}`)
}

async function must(script) {
  if ((await run(script)) !== 0) throw new Error(`${script} failed`)
}

async function run(script, ...args) {
  running = spawn(node, [join(root, script), ...args], { cwd: root, env, stdio: 'inherit' })
  const [code] = await once(running, 'exit')
  return code ?? 1
}

function isOperators(name) {
  return (
    name === 'DATABASE_URL' || (name.startsWith('VECHE_') && name !== 'VECHE_SEED' && name !== 'VECHE_LONG')
  )
}

function findNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const own = join(modules, `node-${system}-${process.arch}`, 'bin', system === 'win' ? 'node.exe' : 'node')
  return existsSync(own) ? own : process.execPath
}
