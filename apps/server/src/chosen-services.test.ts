import { ConfigError, defineService, type ServiceDefinition } from '@veche/service-kit'
import { expect, test } from 'vitest'
import { chosenServices } from './chosen-services.ts'

const services = [
  service('accounts', []),
  service('chats', ['accounts']),
  service('directory', ['accounts', 'chats']),
  service('bell', []),
]
const chosen = (text?: string) => chosenServices(text, services).map(({ name }) => name)

test('M28 all services run where none is named', () => {
  expect(chosen()).toEqual(['accounts', 'chats', 'directory', 'bell'])
})

test('M28 a subset runs that holds what each needs', () => {
  expect(chosen('bell')).toEqual(['bell'])
  expect(chosen(' chats, accounts,chats ')).toEqual(['accounts', 'chats'])
  expect(chosen('bell,accounts')).toEqual(['accounts', 'bell'])
})

test('M28 a service without what it needs is refused in one line each, which says that there is no split form', () => {
  expect(problems('chats')).toEqual([
    expect.stringMatching(/^VECHE_SERVICES: chats needs accounts .*not built yet$/),
  ])
  expect(problems('directory,chats')).toEqual([
    expect.stringContaining('directory needs accounts in'),
    expect.stringContaining('chats needs accounts in'),
  ])
})

test.each(['bel', '', ' ', 'bell,', 'Bell', '__proto__', 'bell;accounts'])(
  'M28 no service is named %j',
  (text) => {
    expect(problems(text)).toEqual([
      expect.stringMatching(/there is no service .* there are accounts, chats, directory, bell$/),
    ])
  },
)

function problems(text: string): readonly string[] {
  try {
    chosenServices(text, services)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
  }
  throw new Error('it was not refused')
}

function service(name: string, needs: readonly string[]): ServiceDefinition {
  return defineService({
    name,
    needs,
    settings: {},
    migrations: [],
    publicRpcs: [],
    create: () => ({ routes: () => {}, stop: async () => {} }),
  })
}
