/** Debian's own Python, before any other: that is the one with its packages. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

export const PYTHON_PATH = `/usr/bin:${process.env.PATH ?? ''}`

/** Debian's names of what is not installed here. */
export function missingForPython(...packages: readonly PythonPackage[]): readonly string[] {
  return packages.filter((name) => {
    const [command, ...args] = probes[name]
    return spawnSync(command, args, { env: { ...process.env, PATH: PYTHON_PATH } }).status !== 0
  })
}

const probes = {
  python3: ['python3', '--version'],
  'python3-django': ['python3', '-c', 'import django'],
  'python3-psycopg2': ['python3', '-c', 'import psycopg2'],
} as const

export type PythonPackage = keyof typeof probes

/** What it printed, and how it ended. Leaves nothing behind in the folder. */
export async function runPython(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('python3', args, {
    cwd: folder,
    env: { ...process.env, PATH: PYTHON_PATH, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk))
  await once(child, 'close')
  return { code: child.exitCode, output }
}
