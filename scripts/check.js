// Everything that must hold besides the tests: `npm run check`. Each check is one command or one function;
// all of them run, then the failed ones are listed.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { directionProblems } from './direction.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const baseline = 'proto/baseline.binpb'

const checks = {
  'format and lint': () =>
    command('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  types: async () =>
    (await command('typescript/bin/tsc', '-p', '.')) +
    (await command('typescript/bin/tsc', '-p', 'packages/bell')) +
    (await command('typescript/bin/tsc', '-p', 'apps/web')) +
    (await command('typescript/bin/tsc', '-p', 'integrations/node')),
  'unused code': () => command('knip/bin/knip.js', '--no-progress'),
  'contract style': () => command('@bufbuild/buf/bin/buf', 'lint'),
  'contract format': () => command('@bufbuild/buf/bin/buf', 'format', '--diff', '--exit-code'),
  'contract compatibility': () => command('@bufbuild/buf/bin/buf', 'breaking', '--against', baseline),
  'direction of dependencies': async () => directionProblems(root).join('\n'),
}

const failed = []
for (const [name, check] of Object.entries(checks)) {
  const started = performance.now()
  const problems = await check()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${problems === '' ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (problems !== '') failed.push(`${name}:\n${problems}`)
}
if (failed.length > 0) {
  console.error(`\n${failed.join('\n\n')}`)
  process.exit(1)
}

/** Runs a dependency's command; resolves with its output when it fails, with '' when it succeeds. */
function command(script, ...args) {
  const bin = join(root, 'node_modules', script)
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = existsSync(bin) ? '' : `${script} is not installed`
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve(code === 0 ? '' : output || `exit code ${code}`))
  })
}
