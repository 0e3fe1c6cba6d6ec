/**
 * The one table of what a page may ask of the core: a name that does not stand here cannot be called. Beside each stands
 * what becomes of a call whose core has gone before it answered:
 *
 * - `again`: it is sent to the next core. It reads only, or twice is as good as once.
 * - `once`: it is sent again only if it had not begun; else it fails with CoreMovedError, and who asked looks what is.
 */
import type { Client } from '@veche/client'

export type Repeat = 'again' | 'once'

/** The parts of a client, by the names of its fields; `client` is the client itself. */
interface Parts extends Pick<Client, Exclude<PartName, 'client'>> {
  readonly client: Client
}

type Names<T> = { readonly [Name in keyof T]?: Repeat }

export const calls = {
  client: {
    account: 'again',
    register: 'once',
    login: 'once',
    loginByLink: 'once',
    recover: 'once',
    logout: 'once',
    contacts: 'again',
    chats: 'again',
    awaited: 'again',
    findChat: 'again',
    join: 'once',
    send: 'again', // its message has an id from the start
    message: 'again',
    history: 'again',
    search: 'again',
  },
  devices: { list: 'again', setName: 'again', news: 'again', told: 'again', link: 'once', remove: 'once' },
  administration: { getRegistration: 'again', setRegistration: 'again', createInvite: 'once' },
  settings: { get: 'again', setAcceptance: 'again', setVisibility: 'again' },
  requests: { ask: 'again', list: 'again', answer: 'again', withdraw: 'once' },
  people: {
    find: 'again',
    block: 'again',
    unblock: 'again',
    blocked: 'again',
    compare: 'again',
    setVerified: 'again',
    verificationCode: 'again',
    verifyByCode: 'again',
    changedBinding: 'again',
    acceptBinding: 'once',
  },
  groups: {
    create: 'once',
    open: 'once',
    close: 'once',
    find: 'again',
    add: 'once',
    members: 'again',
    banned: 'again',
    rights: 'again',
    setRole: 'once',
    handOver: 'once',
    setRights: 'once',
    remove: 'once',
    unban: 'once',
    leave: 'once',
    rename: 'once',
    invite: 'once',
    invites: 'again',
    revokeInvite: 'once',
    look: 'again',
    join: 'once',
  },
  marks: {
    mute: 'again',
    pin: 'again',
    progress: 'again',
    readers: 'again',
    setTyping: 'again',
    draft: 'again',
    setDraft: 'again',
    switches: 'again',
    setSwitches: 'again',
  },
  keeping: { markRead: 'again', get: 'again', set: 'again' },
  historyFiles: { export: 'once', import: 'once' },
  archive: { needsPassword: 'again', fetchKeys: 'again', fetchAll: 'again', fetch: 'again' },
  unsent: { list: 'again', resend: 'once' },
  security: {
    changePassword: 'once',
    resetPassword: 'once',
    recoverySheet: 'again',
    isSheetDue: 'again',
    sheetSeen: 'again',
    newRecoverySheet: 'once',
    completeSheet: 'again',
  },
} as const satisfies { readonly [Part in PartName]: Names<Parts[Part]> }

export type PartName =
  | 'client'
  | 'devices'
  | 'administration'
  | 'settings'
  | 'requests'
  | 'people'
  | 'groups'
  | 'marks'
  | 'keeping'
  | 'historyFiles'
  | 'archive'
  | 'unsent'
  | 'security'

/** Undefined for what cannot be called; of the table's own names alone, not of what every object has. */
export function repeatOf(part: string, name: string): Repeat | undefined {
  if (!Object.hasOwn(calls, part)) return undefined
  const names: Readonly<Record<string, Repeat>> = calls[part as PartName]
  return Object.hasOwn(names, name) ? names[name] : undefined
}
