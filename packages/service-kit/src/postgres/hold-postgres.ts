// A server's process with nothing in it but PostgreSQL, for tests that kill or stop one: `hold-postgres.ts FOLDER`.
import { EmbeddedPostgres } from './embedded-postgres.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('which folder?')
const postgres = await EmbeddedPostgres.start({ folder })
process.stdout.write(`${postgres.pid}\n`)
setInterval(() => {}, 60_000)
