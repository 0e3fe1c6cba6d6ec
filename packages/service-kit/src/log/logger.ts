import type { DescMethod } from '@bufbuild/protobuf'
import { errorSummary } from './error-summary.ts'
import type { FieldKind, FieldKinds, FieldValues, LogEvent } from './log-event.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'off'] as const
export type LogLevel = (typeof logLevels)[number]

type Log = <Kinds extends FieldKinds>(event: LogEvent<Kinds>, fields: FieldValues<Kinds>) => void

/** Writes one JSON object a line. Fields that were not declared, or are not of their kind, are not written. */
export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  /** The same logger, with the service's name on every line. */
  forService(name: string): Logger
}

export interface LoggerOptions {
  readonly level: LogLevel
  /** Takes one line without its end. Standard error by default. */
  readonly write?: (line: string) => void
  readonly service?: string
}

export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line) => process.stderr.write(`${line}\n`))
  const at = (level: LogLevel): Log =>
    logLevels.indexOf(level) < logLevels.indexOf(options.level)
      ? () => {}
      : (event, fields) => write(formatLine(level, options.service, event, fields))
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    forService: (service) => createLogger({ ...options, service }),
  }
}

export const silentLogger: Logger = createLogger({ level: 'off' })

function formatLine(
  level: LogLevel,
  service: string | undefined,
  event: LogEvent,
  values: Readonly<Record<string, unknown>>,
): string {
  const fields = Object.entries(event.fields).map(([name, kind]) => [name, formatField(kind, values[name])])
  return JSON.stringify({
    at: new Date().toISOString(),
    level,
    service,
    event: event.name,
    ...Object.fromEntries(fields),
  })
}

/** Types already forbid the rest; this holds where they were got round. */
function formatField(kind: FieldKind, value: unknown): unknown {
  if (kind === 'error') return errorSummary(value)
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : null
  if (kind === 'rpc') return isMethod(value) ? `/${value.parent.typeName}/${value.name}` : null
  return kind.includes(value as string) ? value : null
}

function isMethod(value: unknown): value is DescMethod {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'rpc'
}
