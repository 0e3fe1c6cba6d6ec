import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { createProgram } from './program.ts'
import { TestTerminal } from './testing/test-terminal.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const languages = [
  { env: { VECHE_LANG: 'en' }, words: en, docs: 'commands.md' },
  { env: { VECHE_LANG: 'ru' }, words: ru, docs: 'commands.ru.md' },
]

test.each([
  ['register --handle alice', 'register', [], { handle: 'alice' }],
  [
    'register --handle @alice --name Алиса --password-file f --invite vr-x --server http://localhost:1',
    'register',
    [],
    { handle: '@alice', name: 'Алиса', passwordFile: 'f', invite: 'vr-x', server: 'http://localhost:1' },
  ],
  ['login --handle alice --password-file f', 'login', [], { handle: 'alice', passwordFile: 'f' }],
  ['login --link c', 'login', [], { link: 'c' }],
  ['device link --password-file f', 'link', [], { passwordFile: 'f' }],
  ['verify-web https://a.example --json', 'verify-web', ['https://a.example'], { json: true }],
  ['whoami', 'whoami', [], {}],
  ['recovery-sheet --sheet f', 'recovery-sheet', [], { sheet: 'f' }],
  ['recovery-sheet --new --password-file f', 'recovery-sheet', [], { new: true, passwordFile: 'f' }],
  ['recover --handle bob --code-file f', 'recover', [], { handle: 'bob', codeFile: 'f' }],
  ['recover --sheet f --new-sheet', 'recover', [], { sheet: 'f', newSheet: true }],
  ['recover --new-sheet g', 'recover', [], { newSheet: 'g' }],
  ['recover --keep-devices', 'recover', [], { keepDevices: true }],
  ['password --sheet f', 'password', [], { sheet: 'f' }],
  [
    'password --password-file f --new-password-file g',
    'password',
    [],
    { passwordFile: 'f', newPasswordFile: 'g' },
  ],
  ['--profile p whoami --json', 'whoami', [], { profile: 'p', json: true }],
  ['device list', 'list', [], {}],
  ['device remove mfrg --password-file f', 'remove', ['mfrg'], { passwordFile: 'f' }],
  ['device name mfrg office --json', 'name', ['mfrg', 'office'], { json: true }],
  ['policy', 'policy', [undefined], {}],
  ['policy allowed', 'policy', ['allowed'], {}],
  ['visibility', 'visibility', [undefined], {}],
  ['visibility open', 'visibility', ['open'], {}],
  ['doctor --offline', 'doctor', [], { offline: true }],
  ['passphrase', 'passphrase', [], {}],
  ['passphrase set --new-file f', 'set', [], { newFile: 'f' }],
  ['passphrase change --json', 'change', [], { json: true }],
  ['passphrase remove', 'remove', [], {}],
  ['request @bob --profile p', 'request', ['@bob'], { profile: 'p' }],
  ['requests', 'requests', [], {}],
  ['requests --json allow x', 'allow', ['x'], { json: true }],
  ['requests refuse @alice --json', 'refuse', ['@alice'], { json: true }],
  ['requests withdraw x', 'withdraw', ['x'], {}],
  ['block @bob', 'block', ['@bob'], {}],
  ['unblock bob --json', 'unblock', ['bob'], { json: true }],
  ['contacts', 'contacts', [], {}],
  ['verify @bob', 'verify', ['@bob'], {}],
  ['verify @bob --confirm', 'verify', ['@bob'], { confirm: true }],
  ['verify @bob --revoke --json', 'verify', ['@bob'], { revoke: true, json: true }],
  ['verify @bob --accept --confirm', 'verify', ['@bob'], { accept: true, confirm: true }],
  ['verify @bob --qr', 'verify', ['@bob'], { qr: true }],
  ['verify @bob --scan x', 'verify', ['@bob'], { scan: 'x' }],
  ['chats', 'chats', [], {}],
  ['send @bob -', 'send', ['@bob', '-'], {}],
  ['send @bob hello --timeout 3s', 'send', ['@bob', 'hello'], { timeout: '3s' }],
  ['send @bob -- --json', 'send', ['@bob', '--json'], {}],
  ['listen', 'listen', [], {}],
  ['listen --count 3 --timeout 10 --json', 'listen', [], { count: '3', timeout: '10', json: true }],
  ['history @bob --limit 5', 'history', ['@bob'], { limit: '5' }],
  ['history export f --force --json', 'export', ['f'], { force: true, json: true }],
  ['history import f --passphrase-file g', 'import', ['f'], { passphraseFile: 'g' }],
  ['search seedlings', 'search', ['seedlings'], {}],
  ['search -- --limit', 'search', ['--limit'], {}],
  ['search x --limit 5 --json', 'search', ['x'], { limit: '5', json: true }],
  ['group create Garden --announce', 'create', ['Garden'], { announce: true }],
  ['group create Garden --description Tools', 'create', ['Garden'], { description: 'Tools' }],
  ['group members Garden --json', 'members', ['Garden'], { json: true }],
  ['group add Garden @bob', 'add', ['Garden', '@bob'], {}],
  ['group role Garden @bob admin --yes', 'role', ['Garden', '@bob', 'admin'], { yes: true }],
  ['group right Garden', 'right', ['Garden', undefined, undefined], {}],
  ['group right Garden write admin', 'right', ['Garden', 'write', 'admin'], {}],
  ['group remove Garden @bob', 'remove', ['Garden', '@bob'], {}],
  ['group ban Garden @bob', 'ban', ['Garden', '@bob'], {}],
  ['group unban Garden @bob', 'unban', ['Garden', '@bob'], {}],
  ['group leave Garden --yes', 'leave', ['Garden'], { yes: true }],
  ['group rename Garden Yard', 'rename', ['Garden', 'Yard'], {}],
  ['group rename Garden --description Tools', 'rename', ['Garden', undefined], { description: 'Tools' }],
  ['admin registration', 'registration', [undefined], {}],
  ['admin registration open', 'registration', ['open'], {}],
  ['admin invite create --uses 3 --expires 2d', 'create', [], { uses: '3', expires: '2d' }],
  ['serve', 'serve', [], {}],
  ['serve --services nichatka', 'serve', [], { services: 'nichatka' }],
  [
    'nichatka host add vehno --origin https://a.example --origin http://b.example:8000',
    'add',
    ['vehno'],
    { origin: ['https://a.example', 'http://b.example:8000'], getChanges: true },
  ],
  ['nichatka host remove vehno --yes', 'remove', ['vehno'], { yes: true }],
  ['services --json', 'services', [], { json: true }],
])('veche %s', async (line, command, parameters, options) => {
  expect(await parse(line.split(' '))).toEqual({ command, parameters, options })
})

test.each([
  ['sned', 'unknown_command', 'sned'],
  ['send', 'missing_argument', 'chat'],
  ['send @bob', 'missing_argument', 'text'],
  ['send @bob two words', 'too_many_arguments', '@bob, two, words'],
  ['whoami --nope', 'unknown_option', '--nope'],
  ['register', 'missing_option', '--handle <handle>'],
  ['listen --count', 'missing_value', '--count <number>'],
  ['requests alow x', 'too_many_arguments', 'alow, x'],
])('wrong use in both languages: veche %s', async (line, reason, subject) => {
  for (const { env, words } of languages) {
    const terminal = new TestTerminal({ env })
    expect(await main(line.split(' '), terminal)).toBe(exitCode.wrongUse)
    const text = words.failures[reason as keyof typeof words.failures](subject)
    expect(terminal.err.split('\n')[0]).toBe(text)
    expect(terminal.out).toBe('')
    const forPrograms = new TestTerminal({ env })
    expect(await main(['--json', ...line.split(' ')], forPrograms)).toBe(exitCode.wrongUse)
    expect(JSON.parse(forPrograms.err)).toEqual({ error: { reason, message: text } })
  }
})

test('a mistyped command is guessed', async () => {
  const terminal = new TestTerminal()
  await main(['histroy', '@bob'], terminal)
  expect(terminal.err).toBe(`${en.failures.unknown_command('histroy')}\n${en.says.didYouMean('history')}\n`)
})

test('a command of parts alone shows its help as an error', async () => {
  for (const line of [[], ['admin'], ['admin', 'invite']]) {
    const terminal = new TestTerminal()
    expect(await main(line, terminal)).toBe(exitCode.wrongUse)
    expect(terminal.err).toContain(['Usage: veche', ...line].join(' '))
    expect(terminal.out).toBe('')
  }
})

test('--version', async () => {
  const terminal = new TestTerminal()
  expect(await main(['--version'], terminal)).toBe(exitCode.done)
  expect(terminal.out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test.each(languages)(
  'the top help lists every command and every exit code: $docs',
  async ({ env, words }) => {
    const help = await helpOf([], env)
    for (const { name, summary } of topCommands())
      expect(help).toMatch(new RegExp(`${name}\\b.*  ${summary(words)}`))
    expect(words.program.exitCodes.map(([code]) => code)).toEqual(Object.values(exitCode))
    for (const [code, text] of words.program.exitCodes) expect(help).toMatch(new RegExp(`  ${code} +${text}`))
  },
)

test.each(languages)('every help is in one language and has examples: $docs', async ({ env, words }) => {
  for (const path of commandPaths()) {
    const help = await helpOf(path, env)
    expect(help).toContain(words.headings['Usage:'])
    if (path.length > 0) expect(help).toContain(words.headings.examples)
    if (path.length > 0) expect(help).toContain(words.headings.everywhere)
    for (const heading of Object.values((words === ru ? en : ru).headings)) {
      expect(help.split('\n')).not.toContain(heading)
    }
    for (const line of help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110)
  }
})

test.each(languages)('every example is a command line that is understood: $docs', async ({ words }) => {
  for (const { examples } of Object.values(words.commands)) {
    for (const example of examples) {
      const [, line] = /^(?:\w+=\S+ )*veche (.*?)(?: < .*)?$/.exec(example) ?? []
      const argv = [...line!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!)
      await expect(parse(argv), example).resolves.toBeDefined()
    }
  }
})

test.each(languages)('docs/$docs has every command, option and exit code', ({ docs }) => {
  const text = readFileSync(new URL(`../../../docs/${docs}`, import.meta.url), 'utf8')
  for (const path of commandPaths()) {
    if (!['', 'admin', 'admin invite', 'group', 'invite'].includes(path.join(' ')))
      expect(text).toContain(`veche ${path.join(' ')}`)
  }
  for (const option of allOptions()) expect(text).toContain(option)
  for (const code of Object.values(exitCode)) expect(text).toMatch(new RegExp(`^\\| ${code} *\\|`, 'm'))
})

async function parse(argv: readonly string[]) {
  let parsed: { command: string; parameters: unknown[]; options: unknown } | undefined
  const program = createProgram(en, { outputError: () => {}, writeErr: () => {} }, () => async (...given) => {
    const command = given.at(-1) as Command
    parsed = { command: command.name(), parameters: given.slice(0, -2), options: command.optsWithGlobals() }
  })
  await program.parseAsync(argv, { from: 'user' })
  return parsed
}

async function helpOf(path: readonly string[], env: Record<string, string>): Promise<string> {
  const terminal = new TestTerminal({ env })
  expect(await main([...path, '--help'], terminal)).toBe(exitCode.done)
  return terminal.out
}

function topCommands() {
  const { commands } = createProgram(en, {}, () => async () => {})
  return commands.map((command) => ({
    name: command.name(),
    summary: (words: typeof en) => words.commands[command.name() as keyof typeof words.commands].summary,
  }))
}

/** The words that lead to each command, the program itself among them. */
function commandPaths(
  command = createProgram(en, {}, () => async () => {}),
  path: string[] = [],
): string[][] {
  return [path, ...command.commands.flatMap((child) => commandPaths(child, [...path, child.name()]))]
}

function allOptions(command = createProgram(en, {}, () => async () => {})): string[] {
  const own = command.options
    .map(({ long }) => long!)
    .filter((long) => !['--help', '--version'].includes(long))
  return [...own, ...command.commands.flatMap((child) => allOptions(child))]
}
