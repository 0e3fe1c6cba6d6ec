import type { Queryable } from '../database/database.ts'

/** Catalogs whose objects stand in a schema: the columns of the name and of the schema. */
const inSchemas = [
  ['pg_class', 'relname', 'relnamespace'],
  ['pg_type', 'typname', 'typnamespace'],
  ['pg_proc', 'proname', 'pronamespace'],
  ['pg_operator', 'oprname', 'oprnamespace'],
  ['pg_opclass', 'opcname', 'opcnamespace'],
  ['pg_opfamily', 'opfname', 'opfnamespace'],
  ['pg_collation', 'collname', 'collnamespace'],
  ['pg_conversion', 'conname', 'connamespace'],
  ['pg_ts_config', 'cfgname', 'cfgnamespace'],
  ['pg_ts_dict', 'dictname', 'dictnamespace'],
  ['pg_statistic_ext', 'stxname', 'stxnamespace'],
] as const

/** Those that stand in none. */
const inDatabase = [
  ['pg_namespace', 'nspname'],
  ['pg_extension', 'extname'],
  ['pg_language', 'lanname'],
  ['pg_event_trigger', 'evtname'],
  ['pg_publication', 'pubname'],
  ['pg_foreign_server', 'srvname'],
  ['pg_am', 'amname'],
] as const

/**
 * Every object of the database that does not belong to this schema, the tables in which PostgreSQL keeps its long values
 * included: what a service that keeps to its own schema leaves as it was. Large objects, casts and rights are counted.
 */
export async function objectsOutside(database: Queryable, schema: string): Promise<readonly string[]> {
  const own = `(SELECT oid FROM pg_namespace WHERE nspname = '${schema}')`
  const long = `SELECT reltoastrelid FROM pg_class WHERE relnamespace = ${own}`
  const ofLong = `SELECT indexrelid FROM pg_index WHERE indrelid IN (${long})`
  const selects = [
    ...inSchemas.map(
      ([catalog, name, namespace]) =>
        `SELECT '${catalog} ' || ${namespace}::regnamespace || '.' || ${name} || ' ' || oid FROM ${catalog}
         WHERE ${namespace} <> ${own} ${catalog === 'pg_class' ? `AND oid NOT IN (${long}) AND oid NOT IN (${ofLong})` : ''}`,
    ),
    ...inDatabase.map(
      ([catalog, name]) =>
        `SELECT '${catalog} ' || ${name} FROM ${catalog} WHERE ${name} <> '${schema}' AND ${name} !~ '^pg_(toast_)?temp_'`,
    ),
    "SELECT 'large objects ' || count(*) FROM pg_largeobject_metadata",
    "SELECT 'casts ' || count(*) FROM pg_cast",
    "SELECT 'default rights ' || count(*) FROM pg_default_acl",
    "SELECT 'rights ' || nspname || coalesce(nspacl::text, '') FROM pg_namespace",
  ]
  const { rows } = await database.query<{ object: string }>(
    `SELECT object FROM (${selects.join(' UNION ALL ')}) AS all_of_them (object)
     WHERE object !~ ' pg_(toast_)?temp_' ORDER BY 1`,
  )
  return rows.map(({ object }) => object)
}
