import type { DatabaseOptions } from './database-options.ts'

/** The URL of one service's connections: with its role, and its schema as the only one on the search path. */
export function connectionUrl({
  url,
  schema,
  role,
}: Pick<DatabaseOptions, 'url' | 'schema' | 'role'>): string {
  const result = new URL(url)
  const options = [`-c search_path=${schema}`]
  if (role?.kind === 'assume') options.push(`-c role=${role.name}`)
  if (role?.kind === 'login') result.searchParams.set('user', role.name)
  result.searchParams.set('options', [result.searchParams.get('options') ?? '', ...options].join(' ').trim())
  return result.href
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const result = new URL(url)
  result.pathname = `/${encodeURIComponent(database)}`
  return result.href
}

/** The URL of a server that listens on a Unix socket in `folder`. */
export function socketUrl(folder: string, database: string, user: string): string {
  const query = new URLSearchParams({ host: folder, user })
  return `postgresql:///${encodeURIComponent(database)}?${query}`
}
