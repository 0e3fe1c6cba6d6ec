/** Rows as one: each of their columns comes as one list of JSON, which costs both sides less than rows do. */

/** Of one length. Numbers are those that JSON holds exactly. */
export type Lists<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] }

/** A value of a statement: all rows of a table. */
export function jsonLists<Row>(table: string, names: readonly (keyof Row & string)[]): string {
  const pairs = names.map((name) => `'${name}', coalesce(json_agg(${name}), '[]')`)
  return `(SELECT json_build_object(${pairs.join(', ')}) FROM ${table})`
}
