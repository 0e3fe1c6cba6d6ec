/** Vehno's own process: Django, with its database prepared. */
import { fileURLToPath } from 'node:url'
import { type Command, LongProcess, run } from './processes.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const app = fileURLToPath(new URL('../../integrations/django', import.meta.url))

export interface VehnoSettings {
  readonly python: string
  readonly data: string
  readonly port: number
  /** postgresql:… of its own role. */
  readonly databaseUrl: string
  /** Of everybody, where nobody is there yet. */
  readonly password: string
  readonly nichatkaUrl: string
  readonly nichatkaKey: string
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
    DJANGO_SETTINGS_MODULE: 'vehno.settings',
    PYTHONPATH: app,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    VEHNO_DATA: settings.data,
    VEHNO_DATABASE_URL: settings.databaseUrl,
    VEHNO_PASSWORD: settings.password,
    NICHATKA_URL: settings.nichatkaUrl,
    NICHATKA_KEY: settings.nichatkaKey,
  }
  return { program: settings.python, args: ['manage.py', ...args], cwd: folder, env }
}
