/** `veche serve`: the server as a process, from its environment to its exit code. */
import { constants } from 'node:os'
import {
  ConfigError,
  createLogger,
  type Environment,
  isLostConnection,
  logEvents,
  MasterKeyError,
  MigrationError,
  PostgresError,
  sqlStateOf,
} from '@veche/service-kit'
import { type RunningServer, startServer } from './server.ts'
import { readServerConfig, type ServerConfig } from './server-config.ts'
import { services } from './services.ts'
import { chooseWords, type Words } from './words.ts'

/** 0: stopped as asked · 1: could not start, or was made to stop at once · 2: the configuration is wrong */
export type ServeExitCode = 0 | 1 | 2

export interface ServeOptions {
  readonly env: Environment
  /** Writes to the console; never part of the log. */
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
}

const stopTimeoutMs = 10_000

/** Runs until SIGINT or SIGTERM; a second one ends the process at once. */
export async function serve({ env, print, printError }: ServeOptions): Promise<ServeExitCode> {
  const words = chooseWords(env)
  let config: ServerConfig | undefined
  try {
    config = await readServerConfig(env, services)
    guardProcess(config)
    const asked = askedToStop()
    print(words.starting)
    const server = await startServer(config, { services })
    print(greeting(words, config, server))
    await asked
    print(words.stopping)
    setTimeout(() => process.exit(1), stopTimeoutMs).unref()
    await server.stop()
    print(words.stopped)
    return 0
  } catch (error) {
    printError(explain(words, config, error))
    return error instanceof ConfigError ? 2 : 1
  }
}

function greeting(words: Words, config: ServerConfig, server: RunningServer): string {
  const lines = [words.running(server.url, config.dataFolder)]
  const code = server.administratorCode
  if (code !== undefined) {
    const command = `npx veche register --server ${server.publicUrl} --handle NAME --name "Your Name" --invite ${code}`
    lines.push('', words.administrator(`${server.publicUrl}/#code=${code}`, command))
  }
  return [...lines, words.howToStop].join('\n')
}

function askedToStop(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let asked = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(128 + constants.signals[signal])
    asked = true
    resolve()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return promise
}

const events = logEvents({ crashed: { error: 'error' } })

function guardProcess(config: ServerConfig): void {
  const log = createLogger({ level: config.logLevel })
  const crash = (error: unknown) => {
    log.error(events.crashed, { error })
    process.exit(1)
  }
  // Node would print the message, which may hold what somebody wrote.
  process.on('uncaughtException', crash).on('unhandledRejection', crash)
  // Node would open its debugger (attack B11).
  process.on('SIGUSR1', () => {})
}

function explain(words: Words, config: ServerConfig | undefined, error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n')
  if (error instanceof PostgresError || error instanceof MigrationError || error instanceof MasterKeyError) {
    return error.message
  }
  if (config === undefined || !(error instanceof Error)) return words.failed
  if (sqlStateOf(error) !== undefined || isLostConnection(error)) return words.noDatabase
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return words.portBusy(config.listen, config.port)
    case 'EACCES':
      return (error as NodeJS.ErrnoException).syscall === 'listen'
        ? words.portForbidden(config.listen, config.port)
        : words.dataFolder(config.dataFolder)
    case 'EEXIST':
    case 'ENOTDIR':
    case 'EROFS':
    case 'ENOSPC':
    case 'EPERM':
      return words.dataFolder(config.dataFolder)
    default:
      return `${words.failed} (${error.name}: ${(error as NodeJS.ErrnoException).code ?? ''})`
  }
}
