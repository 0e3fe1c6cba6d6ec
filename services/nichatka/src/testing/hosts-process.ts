// Adds hosts to a file until it is killed, and prints each name once it is added: `hosts-process.ts FILE PREFIX`.
import { writeSync } from 'node:fs'
import { changeHosts } from '../hosts/change-hosts.ts'
import { makeHostKey } from '../hosts/host-key.ts'

const [, , file = '', prefix = ''] = process.argv
for (let number = 1; ; number++) {
  const name = `${prefix}-${number}`
  const host = { name, key: makeHostKey(), origins: ['https://tasks.example'], allowsGetChanges: true }
  await changeHosts(file, (hosts) => hosts.set(name, host))
  writeSync(1, `${name}\n`)
}
