import type { Address, GroupId } from '../domain.ts'
import { parseNickname } from '../nickname.ts'
import { wrong } from '../refusal.ts'
import { parseId } from './values.ts'

/** `user:NICKNAME`, `group:ID` or `everyone`. @throws Refusal */
export function parseAddress(text: string): Address {
  if (text === 'everyone') return { kind: 'everyone' }
  const nickname = text.startsWith('user:') ? parseNickname(text.slice(5)) : undefined
  if (nickname !== undefined) return { kind: 'user', nickname }
  const groupId = text.startsWith('group:') ? parseId<GroupId>(text.slice(6)) : undefined
  if (groupId === undefined) throw wrong('to')
  return { kind: 'group', groupId }
}
