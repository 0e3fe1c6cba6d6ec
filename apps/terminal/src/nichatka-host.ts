/** How a system that uses Nichatka is shown, and why a change of one is refused. */
import type { openHosts } from '@veche/app-server'
import { wrongUse } from './failure.ts'
import { refused } from './operator.ts'
import type { Fields } from './output.ts'
import type { Words } from './words/en.ts'

type Hosts = Awaited<ReturnType<typeof openHosts>>
type Outcome = Awaited<ReturnType<Hosts['add']>>
type NewHost = Extract<Outcome, { readonly kind: 'done' }>
type Host = NewHost['host']

/** @throws Failure where there is none */
export function newHost(outcome: Outcome, name: string): NewHost {
  switch (outcome.kind) {
    case 'done':
      return outcome
    case 'name_wrong':
      throw wrongUse('host_name_wrong', outcome.text)
    case 'origin_wrong':
      throw wrongUse('origin_wrong', outcome.text)
    case 'public_key_wrong':
      throw wrongUse('public_key_wrong')
    case 'name_taken':
      throw refused('host_name_taken', name)
    case 'host_unknown':
      throw refused('host_unknown', name)
    default:
      return outcome satisfies never
  }
}

/** Without its key. */
export function hostFields({ name, key, origins, allowsGetChanges }: Host): Fields {
  return { host: name, keyKind: key.kind, origins, getChanges: allowsGetChanges }
}

/** What was done, and the lines that the host's server needs. */
export function secretText(words: Words, told: string, { name }: Host, secret: string | undefined): string {
  if (secret === undefined) return `${told}\n\nNICHATKA_HOST=${name}`
  return `${told}\n${words.says.nichatka.keepSecret}\n\nNICHATKA_HOST=${name}\nNICHATKA_KEY=${secret}`
}
