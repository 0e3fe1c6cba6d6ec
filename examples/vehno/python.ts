import { run } from './processes.ts'

/** No Python here has what Vehno needs. The message names Debian's packages. */
export class PackagesMissingError extends Error {
  override readonly name = 'PackagesMissingError'
}

const needed = { 'python3-django': 'import django', 'python3-psycopg2': 'import psycopg2' }

/** The one that the path names, e.g. of a virtual environment, or else Debian's. @throws PackagesMissingError */
export async function findPython(): Promise<string> {
  for (const program of ['python3', '/usr/bin/python3']) {
    if ((await missingFor(program)).length === 0) return program
  }
  throw new PackagesMissingError((await missingFor('/usr/bin/python3')).join(' '))
}

async function missingFor(program: string): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(needed).map(([name, line]) =>
      run({ program, args: ['-c', line], cwd: '.', env: process.env }).then(
        () => [],
        () => [name], // no such Python, or it has no such package
      ),
    ),
  )
  return found.flat()
}
