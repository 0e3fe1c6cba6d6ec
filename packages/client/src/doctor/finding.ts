/** What an examination of a profile finds: one of each list a line, for people and for programs. */

/** `look`: it works, and something could be better or was not looked at. `broken`: something does not work. */
export type Health = 'ok' | 'look' | 'broken'

/** Every finding, by what was looked at, with how bad it is. */
export const FINDINGS = {
  program: { program_ok: 'ok', program_old: 'broken' },
  folder: { folder_ok: 'ok', folder_open: 'look', folder_absent: 'look', folder_unreadable: 'broken' },
  disk: { disk_ok: 'ok', disk_low: 'look', disk_full: 'broken' },
  lock: { lock_free: 'ok', lock_held: 'look', lock_broken: 'broken' },
  key: {
    key_ok: 'ok',
    key_passphrase: 'ok',
    key_locked: 'look',
    key_absent: 'broken',
    key_damaged: 'broken',
  },
  device: { device_ok: 'ok', device_damaged: 'broken', account_absent: 'look' },
  chats: {
    chats_ok: 'ok',
    chats_unseen: 'look',
    chat_damaged: 'broken',
    history_damaged: 'broken',
    chats_unreadable: 'broken',
  },
  server: {
    server_ok: 'ok',
    server_unseen: 'look',
    server_unreachable: 'broken',
    server_changed: 'broken',
    server_refused: 'broken',
  },
  clock: { clock_ok: 'ok', clock_off: 'look' },
  token: { token_ok: 'ok', token_refused: 'broken', token_unreachable: 'broken' },
  packages: { packages_ok: 'ok', packages_few: 'look' },
  stream: {
    stream_ok: 'ok',
    stream_unseen: 'look',
    stream_behind: 'broken',
    stream_slow: 'look',
    stream_failed: 'broken',
  },
} as const satisfies Record<string, Record<string, Health>>

export type Check = keyof typeof FINDINGS
export type FindingName = { [C in Check]: keyof (typeof FINDINGS)[C] }[Check]

export interface Finding {
  readonly check: Check
  readonly finding: FindingName
  readonly health: Health
  /** What the finding speaks of: numbers, a path, the name of a chat. */
  readonly values: Readonly<Record<string, string | number>>
}

export function finding<C extends Check>(
  check: C,
  name: keyof (typeof FINDINGS)[C] & FindingName,
  values: Finding['values'] = {},
): Finding {
  return { check, finding: name, health: FINDINGS[check][name] as Health, values }
}
