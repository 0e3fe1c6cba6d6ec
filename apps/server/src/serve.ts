/** `veche serve`: the server as a process, from its environment to its exit code. */
import { constants } from 'node:os'
import { ConfigError, createLogger, type Environment, fingerprintLines, logEvents } from '@veche/service-kit'
import { explain } from './explain.ts'
import { type RunningServer, startServer } from './server.ts'
import { readServerConfig, type ServerConfig } from './server-config.ts'
import { services } from './services.ts'
import type { LanPlace } from './tls/lan.ts'
import { chooseWords, type Words } from './words.ts'

/** 0: stopped as asked · 1: could not start, or was made to stop at once · 2: the configuration is wrong */
export type ServeExitCode = 0 | 1 | 2

export interface ServeOptions {
  readonly env: Environment
  /** Writes to the console; never part of the log. */
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
  /** Draws a QR code of a link, where it can be shown. */
  readonly drawQr?: ((link: string) => string | undefined) | undefined
  /** The running process, whose signals and end it takes over. */
  readonly host?: ProcessHost
}

export interface ProcessHost {
  on(event: string, listener: (argument: unknown) => void): unknown
  exit(code: number): void
}

const stopTimeoutMs = 10_000

/** Runs until SIGINT or SIGTERM; a second one ends the process at once. */
export async function serve({
  env,
  print,
  printError,
  drawQr = () => undefined,
  host = process,
}: ServeOptions): Promise<ServeExitCode> {
  const words = chooseWords(env)
  let config: ServerConfig | undefined
  try {
    config = await readServerConfig(env, services)
    guardProcess(host, config)
    const asked = askedToStop(host)
    print(words.starting)
    const { running } = config
    const server = await startServer(config, {
      services: services.filter(({ name }) => running.includes(name)),
    })
    const trust = server.lanPlace ? [howToTrust(words, server.lanPlace, drawQr)] : []
    print([greeting(words, config, server), ...trust, words.howToStop].join('\n'))
    await asked
    print(words.stopping)
    setTimeout(() => host.exit(1), stopTimeoutMs).unref()
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
  if (config.running.length < services.length) lines.push(words.services(config.running.join(', ')))
  const code = server.administratorCode
  if (code !== undefined) {
    const trust = server.lanPlace ? `&authority=${server.lanPlace.fingerprint}` : ''
    const link = `${server.publicUrl}/#code=${code}${trust}`
    const given = trust === '' ? `--server ${server.publicUrl}` : ''
    const invite = trust === '' ? code : `"${link}"`
    const command = ['npx veche register', given, `--handle NAME --name "Your Name" --invite ${invite}`]
    lines.push('', words.administrator(link, command.filter((part) => part !== '').join(' ')))
  }
  return lines.join('\n')
}

/** What the operator shows to the people of the local network. */
export function howToTrust(
  words: Words,
  { trustUrl, addresses, fingerprint }: LanPlace,
  drawQr: (link: string) => string | undefined,
): string {
  const qr = drawQr(trustUrl)
  const parts = [words.trust(trustUrl), ...(qr === undefined ? [] : [`\n${qr}`])]
  return [...parts, '', words.fingerprint(fingerprintLines(fingerprint)), words.thenOpen(addresses)].join(
    '\n',
  )
}

function askedToStop(host: ProcessHost): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    host.on(signal, () => {
      if (asked) host.exit(128 + constants.signals[signal])
      asked = true
      resolve()
    })
  }
  return promise
}

const events = logEvents({ crashed: { error: 'error' } })

function guardProcess(host: ProcessHost, config: ServerConfig): void {
  const log = createLogger({ level: config.logLevel })
  const crash = (error: unknown) => {
    log.error(events.crashed, { error })
    host.exit(1)
  }
  // Node would print the message, which may hold what somebody wrote.
  host.on('uncaughtException', crash)
  host.on('unhandledRejection', crash)
  // Node would open its debugger (attack B11).
  host.on('SIGUSR1', () => {})
}
