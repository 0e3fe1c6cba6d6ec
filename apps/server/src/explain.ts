import { DecodeError } from '@veche/protocol'
import {
  AuthorityError,
  ConfigError,
  isLostConnection,
  MasterKeyError,
  MigrationError,
  MissingMasterKeyError,
  PostgresError,
  sqlStateOf,
  TlsFileError,
} from '@veche/service-kit'
import { HostsFileError } from '@veche/service-nichatka/hosts'
import type { ServerConfig } from './server-config.ts'
import type { Words } from './words.ts'

/**
 * Why the server could not start, for the one who runs it: one line, or one for each wrong option. Of an error that
 * nobody foresaw only class and code are told: its message may quote a password.
 * @param config undefined where the configuration itself could not be read
 */
export function explain(words: Words, config: ServerConfig | undefined, error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n')
  if (error instanceof PostgresError || error instanceof MigrationError) return error.message
  if (error instanceof TlsFileError) return words.tlsFile[error.problem](error.file)
  if (error instanceof AuthorityError) return words.authority[error.problem](error.file, error.host ?? '')
  if (error instanceof HostsFileError) return words.hostsFile(error.message)
  if (config !== undefined && error instanceof MissingMasterKeyError) {
    return words.missingMasterKey(config.masterKeyFile, error.keyId)
  }
  if (config !== undefined && error instanceof MasterKeyError) {
    return words.masterKey(config.masterKeyFile, error.message)
  }
  // At the start nothing is decoded but what the master key opens.
  if (config !== undefined && error instanceof DecodeError) return words.wrongMasterKey(config.masterKeyFile)
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
