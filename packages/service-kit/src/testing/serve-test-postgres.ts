// The PostgreSQL that all test files of one `npm test` share: `serve-test-postgres.ts FOLDER`. Prints its URL, and
// ends when its standard input does, so that it cannot outlive who started it.
import { once } from 'node:events'
import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('which folder?')
process.on('SIGINT', () => {}) // a Ctrl-C reaches the whole group; the end of standard input follows it
// What is in it may vanish with the machine, and tests make hundreds of databases.
await using postgres = await EmbeddedPostgres.start({
  folder,
  settings: { fsync: 'off', max_connections: '300' },
})
process.stdout.write(`${postgres.address.url}\n`)
await once(process.stdin.resume(), 'end')
