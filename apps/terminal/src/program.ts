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
  const add: Add = (parent, key, load, name = key) =>
    describe(parent.command(name), words, key).action(perform(load))
  addAccountCommands(root, words, add)
  addTalkingCommands(root, words, add)
  addGroupCommands(root, words, add)
  addLinkCommands(root, words, add)
  addServerCommands(root, words, add)
  return root
}

/** Adds a command that does what the module says. Its name is the key of its words where none is given. */
type Add = (
  parent: Command,
  key: keyof Words['commands'],
  load: () => Promise<CommandModule>,
  name?: string,
) => Command

function addAccountCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.account)
  add(root, 'register', () => import('./commands/register.ts'))
    .requiredOption('--handle <handle>', options.handle)
    .option('--name <name>', options.name)
    .option('--password-file <file>', options.passwordFile)
    .option('--invite <link>', options.invite)
    .option('--sheet <file>', options.sheet)
  add(root, 'login', () => import('./commands/login.ts'))
    .option('--handle <handle>', options.handle)
    .option('--password-file <file>', options.passwordFile)
    .option('--replace', options.replace)
    .option('--link <code>', options.linkingCode)
  add(root, 'recover', () => import('./commands/recover.ts'))
    .option('--handle <handle>', options.ownHandle)
    .option('--sheet <file>', options.readSheet)
    .option('--code-file <file>', options.codeFile)
    .option('--password-file <file>', options.newPasswordFile)
    .option('--new-sheet [file]', options.newSheet)
    .option('--keep-devices', options.keepDevices)
  add(root, 'password', () => import('./commands/password.ts'))
    .option('--password-file <file>', options.oldPasswordFile)
    .option('--new-password-file <file>', options.newPasswordFile)
    .option('--sheet <file>', options.readSheet)
    .option('--code-file <file>', options.codeFile)
  add(root, 'logout', () => import('./commands/logout.ts'))
    .option('--keep-history', options.keepHistory)
    .option('--erase', options.erase)
    .option('--local-only', options.localOnly)
    .option('--discard', options.discard)
  add(root, 'trust', () => import('./commands/trust.ts'))
    .argument('<url>', about.serverUrl)
    .option('--fingerprint <digits>', options.fingerprint)
  add(root, 'verify-web', () => import('./commands/verify-web.ts')).argument('<url>', about.serverUrl)
  add(root, 'whoami', () => import('./commands/whoami.ts'))
  add(root, 'recovery-sheet', () => import('./commands/recovery-sheet.ts'))
    .option('--new', options.newCode)
    .option('--sheet <file>', options.sheet)
    .option('--password-file <file>', options.passwordFile)
  const device = describe(root.command('device'), words, 'device')
  add(device, 'deviceList', () => import('./commands/device-list.ts'), 'list')
  add(device, 'deviceRemove', () => import('./commands/device-remove.ts'), 'remove')
    .argument('<device>', about.device)
    .option('--password-file <file>', options.passwordFile)
  add(device, 'deviceLink', () => import('./commands/device-link.ts'), 'link').option(
    '--password-file <file>',
    options.passwordFile,
  )
  add(device, 'deviceName', () => import('./commands/device-name.ts'), 'name')
    .argument('<device>', about.device)
    .argument('<name>', about.deviceName)
  add(root, 'policy', () => import('./commands/policy.ts')).argument('[policy]', about.policy)
  add(root, 'visibility', () => import('./commands/visibility.ts')).argument('[visibility]', about.visibility)
  add(root, 'doctor', () => import('./commands/doctor.ts')).option('--offline', options.offline)
  const passphrase = add(root, 'passphrase', () => import('./commands/passphrase.ts'))
  add(passphrase, 'passphraseSet', () => import('./commands/passphrase-set.ts'), 'set').option(
    '--new-file <file>',
    options.newPassphraseFile,
  )
  add(passphrase, 'passphraseChange', () => import('./commands/passphrase-change.ts'), 'change').option(
    '--new-file <file>',
    options.newPassphraseFile,
  )
  add(passphrase, 'passphraseRemove', () => import('./commands/passphrase-remove.ts'), 'remove')
}

function addTalkingCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.talking)
  add(root, 'find', () => import('./commands/find.ts'))
    .argument('<text>', about.person)
    .option('--limit <number>', options.people)
  add(root, 'request', () => import('./commands/request.ts')).argument('<handle>', about.handle)
  const requests = add(root, 'requests', () => import('./commands/requests.ts'))
  add(requests, 'allow', () => import('./commands/requests-allow.ts')).argument('<id>', about.requestId)
  add(requests, 'refuse', () => import('./commands/requests-refuse.ts')).argument('<id>', about.requestId)
  add(requests, 'withdraw', () => import('./commands/requests-withdraw.ts')).argument(
    '<id>',
    about.ownRequestId,
  )
  add(root, 'block', () => import('./commands/block.ts')).argument('<handle>', about.handle)
  add(root, 'unblock', () => import('./commands/unblock.ts')).argument('<handle>', about.handle)
  add(root, 'blocked', () => import('./commands/blocked.ts'))
  add(root, 'contacts', () => import('./commands/contacts.ts'))
  add(root, 'verify', () => import('./commands/verify.ts'))
    .argument('<handle>', about.handle)
    .option('--confirm', options.confirm)
    .option('--revoke', options.revoke)
    .option('--accept', options.accept)
    .option('--qr', options.verificationQr)
    .option('--scan <text>', options.scan)
  add(root, 'chats', () => import('./commands/chats.ts'))
  add(root, 'send', () => import('./commands/send.ts'))
    .argument('<chat>', about.chat)
    .argument('<text>', about.text)
    .option('--timeout <time>', options.sendTimeout)
  add(root, 'reply', () => import('./commands/reply.ts'))
    .argument('<chat>', about.chat)
    .argument('<message>', about.message)
    .argument('<text>', about.text)
    .option('--timeout <time>', options.sendTimeout)
  add(root, 'resend', () => import('./commands/resend.ts'))
    .argument('<chat>', about.chat)
    .option('--timeout <time>', options.sendTimeout)
  add(root, 'listen', () => import('./commands/listen.ts'))
    .option('--count <number>', options.count)
    .option('--timeout <time>', options.timeout)
  const history = add(root, 'history', () => import('./commands/history.ts'))
    .argument('<chat>', about.chat)
    .option('--limit <number>', options.limit)
    .option('--numbers', options.numbers)
  add(history, 'historyExport', () => import('./commands/history-export.ts'), 'export')
    .argument('<file>', about.exportFile)
    .option('--passphrase-file <file>', options.filePassphraseFile)
    .option('--force', options.force)
  add(history, 'historyFetch', () => import('./commands/history-fetch.ts'), 'fetch').option(
    '--password-file <file>',
    options.passwordFile,
  )
  add(history, 'historyImport', () => import('./commands/history-import.ts'), 'import')
    .argument('<file>', about.importFile)
    .option('--passphrase-file <file>', options.filePassphraseFile)
  add(root, 'keep', () => import('./commands/keep.ts'))
    .argument('<chat>', about.chat)
    .argument('[place]', about.place)
    .argument('[on]', about.on)
    .option('--yes', options.yes)
  addMarkCommands(root, words, add)
  add(root, 'search', () => import('./commands/search.ts'))
    .argument('<text>', about.sought)
    .option('--limit <number>', options.limit)
}

function addMarkCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  add(root, 'read', () => import('./commands/read.ts')).argument('<chat>', about.chat)
  add(root, 'readers', () => import('./commands/readers.ts'))
    .argument('<chat>', about.chat)
    .argument('<message>', about.ownMessage)
  add(root, 'mute', () => import('./commands/mute.ts'))
    .argument('<chat>', about.chat)
    .option('--for <time>', options.muteFor)
    .option('--off', options.off)
  add(root, 'pin', () => import('./commands/pin.ts'))
    .argument('<chat>', about.chat)
    .option('--off', options.off)
  add(root, 'tell', () => import('./commands/tell.ts'))
    .argument('[what]', about.told)
    .argument('[on]', about.on)
}

function addGroupCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  const group = describe(root.command('group'), words, 'group')
  add(group, 'groupCreate', () => import('./commands/group-create.ts'), 'create')
    .argument('<name>', about.groupName)
    .option('--description <text>', options.description)
    .option('--announce', options.announce)
    .option('--open', options.open)
  add(group, 'groupOpen', () => import('./commands/group-open.ts'), 'open').argument('<chat>', about.group)
  add(group, 'groupClose', () => import('./commands/group-close.ts'), 'close').argument('<chat>', about.group)
  add(group, 'groupMembers', () => import('./commands/group-members.ts'), 'members').argument(
    '<chat>',
    about.group,
  )
  add(group, 'groupAdd', () => import('./commands/group-add.ts'), 'add')
    .argument('<chat>', about.group)
    .argument('<handle>', about.handle)
  add(group, 'groupRole', () => import('./commands/group-role.ts'), 'role')
    .argument('<chat>', about.group)
    .argument('<handle>', about.member)
    .argument('<role>', about.role)
    .option('--yes', options.yesRole)
  add(group, 'groupRight', () => import('./commands/group-right.ts'), 'right')
    .argument('<chat>', about.group)
    .argument('[right]', about.right)
    .argument('[role]', about.newRole)
  add(group, 'groupRemove', () => import('./commands/group-remove.ts'), 'remove')
    .argument('<chat>', about.group)
    .argument('<handle>', about.member)
  add(group, 'groupBan', () => import('./commands/group-ban.ts'), 'ban')
    .argument('<chat>', about.group)
    .argument('<handle>', about.member)
  add(group, 'groupUnban', () => import('./commands/group-unban.ts'), 'unban')
    .argument('<chat>', about.group)
    .argument('<account>', about.unbanned)
  add(group, 'groupLeave', () => import('./commands/group-leave.ts'), 'leave')
    .argument('<chat>', about.group)
    .option('--yes', options.yesRemove)
  add(group, 'groupRename', () => import('./commands/group-rename.ts'), 'rename')
    .argument('<chat>', about.group)
    .argument('[name]', about.newGroupName)
    .option('--description <text>', options.description)
}

function addLinkCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  const link = describe(root.command('invite'), words, 'link')
  add(link, 'linkCreate', () => import('./commands/invite-create.ts'), 'create')
    .argument('<chat>', about.group)
    .option('--uses <number>', options.linkUses)
    .option('--expires <time>', options.linkExpires)
    .option('--history', options.linkHistory)
    .option('--approve', options.linkApprove)
    .option('--role <role>', options.linkRole)
    .option('--register', options.linkRegister)
  add(link, 'linkList', () => import('./commands/invite-list.ts'), 'list').argument('<chat>', about.group)
  add(link, 'linkRevoke', () => import('./commands/invite-revoke.ts'), 'revoke')
    .argument('<chat>', about.group)
    .argument('<id>', about.linkId)
  add(root, 'join', () => import('./commands/join.ts'))
    .argument('<link>', about.link)
    .option('--handle <handle>', options.joinHandle)
    .option('--name <name>', options.name)
    .option('--password-file <file>', options.passwordFile)
    .option('--sheet <file>', options.sheet)
}

function addServerCommands(root: Command, words: Words, add: Add): void {
  const { arguments: about, options } = words
  root.commandsGroup(words.headings.server)
  const admin = describe(root.command('admin'), words, 'admin')
  add(admin, 'registration', () => import('./commands/admin-registration.ts')).argument(
    '[policy]',
    about.registration,
  )
  const invite = describe(admin.command('invite'), words, 'invite')
  add(invite, 'create', () => import('./commands/admin-invite-create.ts'))
    .option('--uses <number>', options.uses)
    .option('--expires <time>', options.expires)
  add(admin, 'authority', () => import('./commands/admin-authority.ts'))
  const keys = add(admin, 'keys', () => import('./commands/admin-keys.ts')).option('--wait', options.keysWait)
  add(keys, 'keysRotate', () => import('./commands/admin-keys-rotate.ts'), 'rotate').option(
    '--data',
    options.keysData,
  )
  add(keys, 'keysRetire', () => import('./commands/admin-keys-retire.ts'), 'retire')
  const nichatka = describe(root.command('nichatka'), words, 'nichatka')
  const host = describe(nichatka.command('host'), words, 'nichatkaHost')
  add(host, 'hostAdd', () => import('./commands/nichatka-host-add.ts'), 'add')
    .argument('<name>', about.host)
    .requiredOption('--origin <url>', options.origin, (url: string, before: string[] = []) => [
      ...before,
      url,
    ])
    .option('--public-key <key>', options.publicKey)
    .option('--no-get-changes', options.noGetChanges)
  add(host, 'hostList', () => import('./commands/nichatka-host-list.ts'), 'list')
  add(host, 'hostRotate', () => import('./commands/nichatka-host-rotate.ts'), 'rotate')
    .argument('<name>', about.host)
    .option('--public-key <key>', options.publicKey)
  add(host, 'hostRemove', () => import('./commands/nichatka-host-remove.ts'), 'remove')
    .argument('<name>', about.host)
    .option('--yes', options.yesRemove)
  // Its help needs the settings of all services, so that the command itself gives it.
  add(root, 'serve', () => import('./commands/serve.ts'))
    .helpOption(false)
    .option('-h, --help', words.options.help)
    .option('--services <names>', options.services)
  add(root, 'services', () => import('./commands/services.ts'))
}
