import type { GenerationSecret, SecretTree } from 'ts-mls/secretTree.js'
import type { Group } from './group.ts'

/**
 * Overwrites the secrets of a group that is over for this device. Groups share bytes with those they came from
 * and those that came from them, so none of these may be used afterwards.
 */
export function wipe({ engine }: Group): void {
  for (const secret of Object.values(engine.keySchedule)) wipeBytes(secret)
  for (const key of Object.values(engine.privatePath.privateKeys)) wipeBytes(key)
  wipeTree(engine.secretTree)
  for (const past of engine.historicalReceiverData.values()) {
    wipeBytes(past.resumptionPsk)
    wipeBytes(past.senderDataSecret)
    wipeTree(past.secretTree)
  }
}

function wipeTree(tree: SecretTree): void {
  for (const entry of tree) {
    if (entry instanceof Uint8Array) wipeBytes(entry)
    else if (entry) for (const ratchet of [entry.application, entry.handshake]) wipeRatchet(ratchet)
  }
}

function wipeRatchet({ secret, unusedGenerations }: GenerationSecret): void {
  for (const bytes of [secret, ...Object.values(unusedGenerations)]) wipeBytes(bytes)
}

function wipeBytes(bytes: Uint8Array): void {
  bytes.fill(0)
}
