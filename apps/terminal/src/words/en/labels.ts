export const labels = {
  account: 'account',
  handle: 'handle',
  name: 'name',
  device: 'device',
  server: 'server',
  you: 'You',
  thisDevice: 'this device',
  waiting: 'waiting',
  'not-sent': 'not sent',
  verified: 'verified',
  claimed: 'another account, not accepted',
  unbound: (chat: string) => `former account, ${chat}`,
  leftGroup: 'you are no longer in it',
  incoming: 'To you:',
  outgoing: 'By you:',
  link: 'invite link',
  code: 'code',
  expires: 'good until',
}

export const health = { ok: 'ok', look: 'look', broken: 'broken' }

export const policies = { forbidden: 'no one new', confirm: 'ask me', allowed: 'anyone' }

export const registrations = { open: 'anyone', invite: 'whoever has an invite link', closed: 'no one' }

/** In a group. */
export const roles = { owner: 'owner', admin: 'admin', member: 'member', reader: 'reader' }

export const statuses = {
  open: 'open',
  allowed: 'allowed, about to open',
  pending: 'waiting for an answer',
  refused: 'refused',
  ended: 'its link is no longer good',
}
