/** What of a message people search, and how it is compared. */
import { DecodeError, decodeMessage } from '@veche/protocol'
import { ContentSchema } from '@veche/protocol/gen/e2ee/v1/message_pb.js'
import { MAX_BLOCK_BYTES } from './sealed-file.ts'

/**
 * The number of the rules below, `searchedText` and `foldText` together. An index holds what they gave when it was
 * made: whoever changes what they give counts this up, and every index is made anew.
 */
export const TEXT_RULES = 1

/**
 * The text of a veche.e2ee.v1.Content; none where there is none, or where this version cannot read it.
 */
export function searchedText(content: Uint8Array): string {
  try {
    const { body } = decodeMessage(ContentSchema, content, MAX_BLOCK_BYTES)
    return body.case === 'text' ? body.value.text : ''
  } catch (cause) {
    if (cause instanceof DecodeError) return ''
    throw cause
  }
}

/**
 * NFKC; lower case by way of upper case, so that ß meets ss (and first lower, so that ẞ does); ё as е, as Russian
 * is mostly written. Lower-casing makes a ς at the end of a word and a σ elsewhere, so they are made one.
 */
export function foldText(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  return lower.replaceAll('ς', 'σ').replaceAll('ё', 'е')
}

/** Whether `text` contains `sought`, both folded. An empty `sought` is in every text. */
export function textMatches(text: string, sought: string): boolean {
  return foldText(text).includes(foldText(sought))
}
