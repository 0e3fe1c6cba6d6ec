/**
 * How the embedded PostgreSQL is run. Durability is PostgreSQL's own and complete: an acknowledged message has
 * been synced. Memory is set for a small server that idles below 150 MiB together with ours.
 */
export const postgresSettings: Readonly<Record<string, string>> = {
  // Reached by a Unix socket inside PGDATA alone, which only its owner may enter (0700).
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  max_connections: '80',

  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  data_sync_retry: 'off',
  wal_level: 'replica',

  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '512MB',
  min_wal_size: '32MB',
  wal_buffers: '1MB',
  io_method: 'sync',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '0',
  autovacuum_max_workers: '1',
  jit: 'off',
  huge_pages: 'off',

  // A log line may not quote a statement or a value: errors reach us through the driver anyway.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_connections: '',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

/** The arguments of initdb. */
export const initdbArguments: readonly string[] = [
  '--username=veche',
  '--auth-local=trust',
  '--auth-host=reject',
  '--encoding=UTF8',
  // Orders by code point and never changes with a library, so that no index can break by an upgrade.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
]
