/** Where a chat's history is kept, as programs and as people get it: the two marks (M22). */
import type { Kept, Person } from '@veche/client'
import { personText } from './message-view.ts'
import type { Fields } from './output.ts'
import type { Words } from './words/en.ts'

export function keptFields({ device, server, ownServer, peerServer }: Kept): Fields {
  return { server, ownServer, peerServer, device }
}

/** @param peer of a group its name, without a handle */
export function keptText(kept: Kept, peer: Pick<Person, 'handle' | 'name'>, { says }: Words): string {
  const isGroup = peer.handle === ''
  const title = isGroup ? capital(says.group.titled(peer.name)) : says.chatWith(personText(peer))
  const onServer = isGroup
    ? says.group.keptOnServer[kept.server ? 'on' : 'off']
    : serverText(kept, peer, says)
  return `${title}\n  ${onServer}\n  ${says.keptOnDevice[kept.device ? 'on' : 'off']}`
}

function capital(text: string): string {
  return `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}`
}

function serverText(
  { server, ownServer, peerServer }: Kept,
  peer: Pick<Person, 'handle' | 'name'>,
  { keptOnServer }: Words['says'],
): string {
  if (server) return keptOnServer.both
  if (ownServer) return keptOnServer.onlyYou(personText(peer))
  return peerServer ? keptOnServer.onlyPeer : keptOnServer.neither
}
