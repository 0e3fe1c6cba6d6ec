/**
 * The command line: which commands there are, and what each takes. What they do is in `commands/`, loaded only
 * when one is called, so that `veche --help` does not wait for cryptography.
 */
import { Command, type OutputConfiguration } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import { configureHelp, describe } from './help.ts'
import type { Words } from './words/en.ts'

/** What each file in `commands/` exports. */
export interface CommandModule {
  // biome-ignore lint/suspicious/noExplicitAny: commander gives arguments and options untyped; each command names its own
  run(context: Context, ...parsed: any[]): Promise<ExitCode>
}

/** Makes the action for a command: what is called with commander's arguments. */
export type Perform = (load: () => Promise<CommandModule>) => (...parsed: unknown[]) => Promise<void>

export function createProgram(words: Words, output: OutputConfiguration, perform: Perform): Command {
  const root = configureHelp(new Command('veche').configureOutput(output), words)
    .version(manifest.version, '-V, --version', words.options.version)
    .option('--profile <dir>', words.options.profile)
    .option('--server <url>', words.options.server)
    .option('--json', words.options.json)
    .exitOverride()
  addAccountCommands(root, words, perform)
  addTalkingCommands(root, words, perform)
  addServerCommands(root, words, perform)
  return root
}

function addAccountCommands(root: Command, words: Words, perform: Perform): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.account)
  describe(root.command('register'), words, 'register')
    .requiredOption('--handle <handle>', options.handle)
    .option('--name <name>', options.name)
    .option('--password-file <file>', options.passwordFile)
    .option('--invite <link>', options.invite)
    .option('--sheet <file>', options.sheet)
    .action(perform(() => import('./commands/register.ts')))
  describe(root.command('login'), words, 'login')
    .requiredOption('--handle <handle>', options.handle)
    .option('--password-file <file>', options.passwordFile)
    .option('--replace', options.replace)
    .action(perform(() => import('./commands/login.ts')))
  describe(root.command('recover'), words, 'recover')
    .option('--handle <handle>', options.ownHandle)
    .option('--sheet <file>', options.readSheet)
    .option('--code-file <file>', options.codeFile)
    .option('--password-file <file>', options.newPasswordFile)
    .option('--new-sheet [file]', options.newSheet)
    .action(perform(() => import('./commands/recover.ts')))
  describe(root.command('password'), words, 'password')
    .option('--password-file <file>', options.oldPasswordFile)
    .option('--new-password-file <file>', options.newPasswordFile)
    .option('--sheet <file>', options.readSheet)
    .option('--code-file <file>', options.codeFile)
    .action(perform(() => import('./commands/password.ts')))
  describe(root.command('logout'), words, 'logout')
    .option('--keep-history', options.keepHistory)
    .option('--erase', options.erase)
    .option('--local-only', options.localOnly)
    .option('--discard', options.discard)
    .action(perform(() => import('./commands/logout.ts')))
  describe(root.command('whoami'), words, 'whoami').action(perform(() => import('./commands/whoami.ts')))
  describe(root.command('recovery-sheet'), words, 'recovery-sheet')
    .option('--new', options.newCode)
    .option('--sheet <file>', options.sheet)
    .option('--password-file <file>', options.passwordFile)
    .action(perform(() => import('./commands/recovery-sheet.ts')))
  describe(root.command('devices'), words, 'devices').action(perform(() => import('./commands/devices.ts')))
  describe(root.command('policy'), words, 'policy')
    .argument('[policy]', about.policy)
    .action(perform(() => import('./commands/policy.ts')))
  describe(root.command('visibility'), words, 'visibility')
    .argument('[visibility]', about.visibility)
    .action(perform(() => import('./commands/visibility.ts')))
  describe(root.command('doctor'), words, 'doctor')
    .option('--offline', options.offline)
    .action(perform(() => import('./commands/doctor.ts')))
  const passphrase = describe(root.command('passphrase'), words, 'passphrase')
  passphrase.action(perform(() => import('./commands/passphrase.ts')))
  describe(passphrase.command('set'), words, 'passphraseSet')
    .option('--new-file <file>', options.newPassphraseFile)
    .action(perform(() => import('./commands/passphrase-set.ts')))
  describe(passphrase.command('change'), words, 'passphraseChange')
    .option('--new-file <file>', options.newPassphraseFile)
    .action(perform(() => import('./commands/passphrase-change.ts')))
  describe(passphrase.command('remove'), words, 'passphraseRemove').action(
    perform(() => import('./commands/passphrase-remove.ts')),
  )
}

function addTalkingCommands(root: Command, words: Words, perform: Perform): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.talking)
  describe(root.command('find'), words, 'find')
    .argument('<text>', about.person)
    .option('--limit <number>', options.people)
    .action(perform(() => import('./commands/find.ts')))
  describe(root.command('request'), words, 'request')
    .argument('<handle>', about.handle)
    .action(perform(() => import('./commands/request.ts')))
  const requests = describe(root.command('requests'), words, 'requests')
  requests.action(perform(() => import('./commands/requests.ts')))
  describe(requests.command('allow'), words, 'allow')
    .argument('<id>', about.requestId)
    .action(perform(() => import('./commands/requests-allow.ts')))
  describe(requests.command('refuse'), words, 'refuse')
    .argument('<id>', about.requestId)
    .action(perform(() => import('./commands/requests-refuse.ts')))
  describe(root.command('block'), words, 'block')
    .argument('<handle>', about.handle)
    .action(perform(() => import('./commands/block.ts')))
  describe(root.command('unblock'), words, 'unblock')
    .argument('<handle>', about.handle)
    .action(perform(() => import('./commands/unblock.ts')))
  describe(root.command('blocked'), words, 'blocked').action(perform(() => import('./commands/blocked.ts')))
  describe(root.command('contacts'), words, 'contacts').action(
    perform(() => import('./commands/contacts.ts')),
  )
  describe(root.command('verify'), words, 'verify')
    .argument('<handle>', about.handle)
    .option('--confirm', options.confirm)
    .option('--revoke', options.revoke)
    .option('--accept', options.accept)
    .option('--qr', options.verificationQr)
    .option('--scan <text>', options.scan)
    .action(perform(() => import('./commands/verify.ts')))
  describe(root.command('chats'), words, 'chats').action(perform(() => import('./commands/chats.ts')))
  describe(root.command('send'), words, 'send')
    .argument('<chat>', about.chat)
    .argument('<text>', about.text)
    .option('--timeout <time>', options.sendTimeout)
    .action(perform(() => import('./commands/send.ts')))
  describe(root.command('resend'), words, 'resend')
    .argument('<chat>', about.chat)
    .option('--timeout <time>', options.sendTimeout)
    .action(perform(() => import('./commands/resend.ts')))
  describe(root.command('listen'), words, 'listen')
    .option('--count <number>', options.count)
    .option('--timeout <time>', options.timeout)
    .action(perform(() => import('./commands/listen.ts')))
  describe(root.command('history'), words, 'history')
    .argument('<chat>', about.chat)
    .option('--limit <number>', options.limit)
    .action(perform(() => import('./commands/history.ts')))
  describe(root.command('keep'), words, 'keep')
    .argument('<chat>', about.chat)
    .argument('[place]', about.place)
    .argument('[on]', about.on)
    .option('--yes', options.yes)
    .action(perform(() => import('./commands/keep.ts')))
  describe(root.command('search'), words, 'search')
    .argument('<text>', about.sought)
    .option('--limit <number>', options.limit)
    .action(perform(() => import('./commands/search.ts')))
}

function addServerCommands(root: Command, words: Words, perform: Perform): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.server)
  const admin = describe(root.command('admin'), words, 'admin')
  describe(admin.command('registration'), words, 'registration')
    .argument('[policy]', about.registration)
    .action(perform(() => import('./commands/admin-registration.ts')))
  const invite = describe(admin.command('invite'), words, 'invite')
  describe(invite.command('create'), words, 'create')
    .option('--uses <number>', options.uses)
    .option('--expires <time>', options.expires)
    .action(perform(() => import('./commands/admin-invite-create.ts')))
  const keys = describe(admin.command('keys'), words, 'keys').option('--wait', options.keysWait)
  keys.action(perform(() => import('./commands/admin-keys.ts')))
  describe(keys.command('rotate'), words, 'keysRotate')
    .option('--data', options.keysData)
    .action(perform(() => import('./commands/admin-keys-rotate.ts')))
  describe(keys.command('retire'), words, 'keysRetire').action(
    perform(() => import('./commands/admin-keys-retire.ts')),
  )
  const host = describe(
    describe(root.command('nichatka'), words, 'nichatka').command('host'),
    words,
    'nichatkaHost',
  )
  describe(host.command('add'), words, 'hostAdd')
    .argument('<name>', about.host)
    .requiredOption('--origin <url>', options.origin, (url: string, before: string[] = []) => [
      ...before,
      url,
    ])
    .option('--public-key <key>', options.publicKey)
    .option('--no-get-changes', options.noGetChanges)
    .action(perform(() => import('./commands/nichatka-host-add.ts')))
  describe(host.command('list'), words, 'hostList').action(
    perform(() => import('./commands/nichatka-host-list.ts')),
  )
  describe(host.command('rotate'), words, 'hostRotate')
    .argument('<name>', about.host)
    .option('--public-key <key>', options.publicKey)
    .action(perform(() => import('./commands/nichatka-host-rotate.ts')))
  describe(host.command('remove'), words, 'hostRemove')
    .argument('<name>', about.host)
    .option('--yes', options.yesRemove)
    .action(perform(() => import('./commands/nichatka-host-remove.ts')))
  // Its help needs the settings of all services, so that the command itself gives it.
  describe(root.command('serve'), words, 'serve')
    .helpOption(false)
    .option('-h, --help', words.options.help)
    .option('--services <names>', options.services)
    .action(perform(() => import('./commands/serve.ts')))
  describe(root.command('services'), words, 'services').action(
    perform(() => import('./commands/services.ts')),
  )
}
