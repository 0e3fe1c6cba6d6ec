import { logEvents } from '../log/log-event.ts'

export const databaseEvents = logEvents({
  connection_lost: { error: 'error' },
  migrations_applied: { count: 'number', tookMs: 'number' },
  shared_role: {},
})
