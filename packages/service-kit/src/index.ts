export { type Bus, maxBusPayloadBytes, type Subscription } from './bus/bus.ts'
export { MemoryBus } from './bus/memory-bus.ts'
export { type Clock, ManualClock, systemClock } from './clock.ts'
export { ConfigError } from './config/config-error.ts'
export { describeSettings } from './config/describe-settings.ts'
export { type Environment, type RawSettings, readEnv, tomlKey } from './config/read-env.ts'
export {
  booleanSetting,
  choiceSetting,
  integerSetting,
  pathSetting,
  type Setting,
  SettingError,
  type Settings,
  type SettingsSpec,
  textSetting,
} from './config/setting.ts'
export { toConfig } from './config/to-config.ts'
export {
  type Database,
  type DedicatedConnection,
  openDatabase,
  type Query,
  type Queryable,
  type QueryResult,
  type Row,
  type SqlValue,
  type TransactionOptions,
} from './database/database.ts'
export type { DatabaseOptions, ServiceRole } from './database/database-options.ts'
export { type Migration, MigrationError, migrate } from './database/migrations.ts'
export { oldestPostgres, openServiceDatabase, type ServerAddress } from './database/service-schema.ts'
export {
  isLostConnection,
  isOutOfSpace,
  isSerializationFailure,
  isUnavailable,
  isUniqueViolation,
  sqlStateOf,
  sqlStates,
} from './database/sql-state.ts'
export { lockFile } from './disk/file-lock.ts'
export { FreeSpace } from './disk/free-space.ts'
export { Health, registerHealth } from './http/health-service.ts'
export { defaultHttpLimits, type HttpLimits } from './http/http-limits.ts'
export { HttpListener, type HttpListenerOptions, type Signpost } from './http/http-listener.ts'
export type { HttpHandler, HttpRequest, HttpResponse } from './http/http-message.ts'
export { servePage } from './http/pages.ts'
export { Readiness } from './http/readiness.ts'
export { reflectionServices, registerReflection } from './http/reflection-service.ts'
export { type AddressOf, createAddressOf } from './http/request-address.ts'
export { createRpcHandler, type RpcHandler, type RpcHandlerOptions } from './http/rpc-handler.ts'
export {
  isLastingName,
  type StrictTransport,
  securityHeaders,
  strictTransport,
} from './http/security-headers.ts'
export { DataKeyGoneError, DataKeys, readingSealed } from './keys/data-keys.ts'
export { type KeptKeys, KeyKeeper, type Resealer } from './keys/key-keeper.ts'
export {
  KeyRing,
  MasterKeyError,
  type MasterKeyId,
  MissingMasterKeyError,
  maxRingKeys,
} from './keys/key-ring.ts'
export { readKeyRing, replaceKeyRing } from './keys/key-ring-file.ts'
export {
  askForRotation,
  type KeyStatus,
  type Retirement,
  readKeyStatus,
  retireOtherMasterKeys,
} from './keys/key-status.ts'
export { deleteOldDataKeys, keyTables } from './keys/key-tables.ts'
export { MasterKeys } from './keys/master-keys.ts'
export { type DataKey, type DataKeyId, dataKeyIdOf, Sealing, sealedOverheadBytes } from './keys/sealing.ts'
export { MemoryRateLimiter } from './limits/memory-rate-limiter.ts'
export type { BucketRule, RateLimiter } from './limits/rate-limiter.ts'
export {
  type FieldKind,
  type FieldKinds,
  type FieldValues,
  type LogEvent,
  logEvents,
} from './log/log-event.ts'
export { createLogger, type Logger, type LogLevel, logLevels, silentLogger } from './log/logger.ts'
export { MdnsResponder } from './mdns/mdns-responder.ts'
export { attachPostgres } from './postgres/attach-postgres.ts'
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './postgres/embedded-postgres.ts'
export { PostgresError } from './postgres/postgres-error.ts'
export { type Randomness, systemRandomness } from './randomness.ts'
export { callerAddressOf } from './rpc/caller-address.ts'
export { deadlineInterceptor } from './rpc/deadline-interceptor.ts'
export { DependencyError, dependencyTransport } from './rpc/dependency-error.ts'
export { type DirectWriter, directWriterOf, encodeFrame } from './rpc/direct-writer.ts'
export { errorInterceptor } from './rpc/error-interceptor.ts'
export { requestGate } from './rpc/request-gate.ts'
export { Code, RpcError, reasonOf } from './rpc/rpc-error.ts'
export { serverFull, spaceInterceptor } from './rpc/space-interceptor.ts'
export { streamInterceptor } from './rpc/stream-interceptor.ts'
export { defineService, type Service, type ServiceContext, type ServiceDefinition } from './service.ts'
export { AcmeTls, type ShowProof } from './tls/acme-tls.ts'
export { type AuthorityFile, readAuthorityFile } from './tls/authority-file.ts'
export { fingerprintLines, fingerprintOf } from './tls/fingerprint.ts'
export { localAddresses, localNameOf } from './tls/lan-hosts.ts'
export { AuthorityError, LanTls, type LanTlsOptions } from './tls/lan-tls.ts'
export { TlsFileError, TlsFiles, type TlsFilesOptions } from './tls/tls-files.ts'
export type { KeyPair, TlsSource } from './tls/tls-source.ts'
export { serveTrustPage, trustPath, trustSignpost } from './tls/trust-page.ts'
export {
  accessTokenLifetimeMs,
  issueAccessToken,
  type TokenKeys,
  type TokenSigningKey,
  verifyAccessToken,
} from './token/access-token.ts'
export {
  ENDED_DEVICE_TOPIC,
  type EndedDevice,
  EndedDevices,
  encodeEndedDevice,
} from './token/ended-devices.ts'
export { ed25519PublicKey, FetchedTokenKeys } from './token/fetched-token-keys.ts'
export { type Principal, principalOf } from './token/principal.ts'
