/** Small operations on bytes that every layer needs. */

const utf8Encoder = new TextEncoder()

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return utf8Encoder.encode(text)
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Not constant-time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** Orders byte strings as `memcmp` does; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = a[index]! - b[index]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** `label || 0x00 || parts`: the framing of everything that Veche signs or hashes by itself. */
export function labelled(label: Label, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8(label), new Uint8Array(1), ...parts)
}

/**
 * Every label under which Veche signs, hashes or derives, in one place, so that no two purposes can share one
 * (attack A18).
 */
export const LABELS = [
  'veche account id v1',
  'veche account signing key v1',
  'veche account backup key v1',
  'veche notes key v1',
  'veche device certificate v1',
  'veche device revocation v1',
  'veche device proof v1',
  'veche account proof v1',
  'veche enrolment proof v1',
  'veche recovery proof v1',
  'veche password change proof v1',
  'veche recovery code proof v1',
  'veche account secret wrap v1',
  'veche recovery wrap v1',
  'veche recovery verifier v1',
  'veche linking code v1',
  'veche linking id v1',
  'veche linking seal key v1',
  'veche linking digits v1',
  'veche linking offer v1',
  'veche linking answer v1',
  'veche linking answer key v1',
  'veche content v1',
  'veche signal key v1',
  'veche signal v1',
  'veche own mark v1',
  'veche profile v1',
  'veche profile key wrap v1',
  'veche log v1',
  'veche log entry v1',
  'veche epoch v1',
  'veche history key v1',
  'veche history key wrap v1',
  'veche history keys v1',
  'veche chat profile v1',
  'veche invite v1',
  'veche invite key v1',
  'veche invite history proof v1',
  'veche invite history v1',
  'veche invite link v1',
  'veche invite member key v1',
  'veche admission proof v1',
  'veche join info v1',
  'veche join info proof v1',
  'veche join request v1',
  'veche server id v1',
  'veche group id v1',
  'veche handover v1',
  'veche server key v1',
  'veche access token v1',
  'veche key package grant v1',
  'veche storage v1',
  'veche storage v2',
  'veche master key id v1',
  'veche local history v1',
  'veche local history index v1',
  'veche local ids v1',
  'veche local journal v1',
  'veche local profile key v1',
  'veche exported history v1',
  'veche exported history signature v1',
  'veche safety number v1',
] as const
export type Label = (typeof LABELS)[number]
