/** Vehno's own process: Django, with its database prepared. */
import { fileURLToPath } from 'node:url'
import { type Command, LongProcess, run } from './processes.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const app = fileURLToPath(new URL('../../integrations/django', import.meta.url))

export interface VehnoSettings {
  readonly data: string
  readonly port: number
  /** postgresql:… of its own role. */
  readonly databaseUrl: string
  /** Of everybody, where nobody is there yet. */
  readonly password: string
  readonly nichatkaUrl: string
  readonly nichatkaKey: string
}

/** Debian's Python before any other: that is the one with its Django. */
const path = `/usr/bin:${process.env.PATH ?? ''}`

/** Debian's names of what Vehno needs and this machine has not. */
export async function missingPackages(): Promise<readonly string[]> {
  const probes = { 'python3-django': 'import django', 'python3-psycopg2': 'import psycopg2' }
  const env = { ...process.env, PATH: path }
  const found = await Promise.all(
    Object.entries(probes).map(([name, line]) =>
      run({ program: 'python3', args: ['-c', line], cwd: folder, env }).then(
        () => [],
        () => [name], // no Python, or not this package
      ),
    ),
  )
  return found.flat()
}

/** Resolves when it answers. @throws ProcessError */
export async function startVehno(settings: VehnoSettings): Promise<LongProcess> {
  for (const step of ['migrate', 'seed', 'nichatka_users']) await run(manage(settings, [step]))
  const server = new LongProcess(
    manage(settings, ['serve', `127.0.0.1:${settings.port}`, '--until-stdin-ends']),
    'stdin',
  )
  try {
    await server.answers('Vehno', `http://127.0.0.1:${settings.port}/login/`)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

function manage(settings: VehnoSettings, args: readonly string[]): Command {
  const env = {
    ...process.env,
    PATH: path,
    PYTHONPATH: app,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    VEHNO_DATA: settings.data,
    VEHNO_DATABASE_URL: settings.databaseUrl,
    VEHNO_PASSWORD: settings.password,
    NICHATKA_URL: settings.nichatkaUrl,
    NICHATKA_KEY: settings.nichatkaKey,
  }
  return { program: 'python3', args: ['manage.py', ...args], cwd: folder, env }
}
