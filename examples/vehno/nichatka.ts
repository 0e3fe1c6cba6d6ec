/** Nichatka alone, without the messenger, as an operator runs it. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Command, LongProcess, ProcessError, run } from './processes.ts'

const veche = fileURLToPath(new URL('../../bin/veche', import.meta.url))
const nameTaken = 3

export interface NichatkaOptions {
  readonly data: string
  readonly port: number
}

/** Resolves when it is ready. @throws ProcessError */
export async function startNichatka(options: NichatkaOptions): Promise<LongProcess> {
  const server = new LongProcess(command(options, ['serve', '--services', 'nichatka']), 'ipc')
  try {
    await server.answers('Nichatka', `http://127.0.0.1:${options.port}/health`)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** A new key each time: the example keeps none, and its port may be another than the last time. @returns the key */
export async function addHost(
  options: NichatkaOptions,
  name: string,
  origins: readonly string[],
): Promise<string> {
  const add = command(options, [
    ...['nichatka', 'host', 'add', name, '--json'],
    ...origins.flatMap((origin) => ['--origin', origin]),
  ])
  try {
    return keyOf(await run(add))
  } catch (error) {
    if (!(error instanceof ProcessError && error.exitCode === nameTaken)) throw error
    await run(command(options, ['nichatka', 'host', 'remove', name, '--yes']))
    return keyOf(await run(add))
  }
}

function keyOf(output: string): string {
  return (JSON.parse(output) as { readonly key: string }).key
}

function command({ data, port }: NichatkaOptions, args: readonly string[]): Command {
  const env = {
    ...withoutSettings(process.env),
    VECHE_DATA: join(data, 'nichatka'),
    VECHE_PORT: String(port),
  }
  return { program: process.execPath, args: [veche, ...args], cwd: data, env }
}

/** The settings of a server that the same person runs are not this one's. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('VECHE_')),
  )
}
