/** Every route with fields that are taken, for what must hold of all of them. */
import type { FieldValues, TestUser } from './test-user.ts'

export interface RouteCall {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly fields: FieldValues
  /** The token must be the host's own, and there is no `user`. */
  readonly byHost?: true
}

/** @param messageId one that the user has received. @param groupId one that there is */
export function everyRoute(messageId: string, groupId: string): readonly RouteCall[] {
  return [
    { method: 'GET', path: 'status', fields: {} },
    { method: 'GET', path: 'panel', fields: { box: 'all' } },
    { method: 'GET', path: 'history', fields: {} },
    { method: 'GET', path: 'compose', fields: {} },
    { method: 'GET', path: 'recipients', fields: { q: 'b' } },
    { method: 'POST', path: 'messages', fields: { id: 'every-route-1', text: 'x', to: 'user:boris' } },
    { method: 'PATCH', path: `messages/${messageId}`, fields: { color: 'red' } },
    { method: 'PATCH', path: 'typing', fields: { typing: '1' } },
    { method: 'GET', path: 'groups', fields: {} },
    { method: 'GET', path: `groups/${groupId}`, fields: {} },
    { method: 'POST', path: 'groups', fields: { name: 'every route' } },
    { method: 'PATCH', path: `groups/${groupId}`, fields: { add: 'newcomer' } },
    { method: 'POST', path: 'users', fields: { nickname: 'newcomer' }, byHost: true },
  ]
}

/** A user who has received a message and made a group, and every route for that user. */
export async function prepareRoutes(user: TestUser, sender: TestUser): Promise<readonly RouteCall[]> {
  await user.get('status')
  const messageId = await sender.send('hello', { to: `user:${user.nickname}` })
  const created = await user.post('groups', { name: 'Огород' })
  const groupId = /PATCH groups\/(\d+)/.exec(created.text)?.[1] ?? ''
  return everyRoute(messageId, groupId)
}
