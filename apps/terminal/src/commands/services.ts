/** Lists the services that the server is made of: what each needs and what it is for. */
import { services } from '@veche/app-server'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'

export async function run({ output, words }: Context): Promise<ExitCode> {
  const list = services.map(({ name, needs }) => ({ service: name, needs }))
  const rows = list.map(({ service, needs }) => [
    service,
    words.says.needs(needs.length === 0 ? 'PostgreSQL' : `PostgreSQL, ${needs.join(', ')}`),
    new Map(Object.entries(words.services)).get(service) ?? '',
  ])
  await output.showList(list, columns(rows))
  return exitCode.done
}
