import { expect, test } from 'vitest'
import { en, ru } from './health-words.ts'

/** Enough for every sentence. */
const values = new Proxy({}, { get: () => 7 }) as Record<string, number>

test('every finding has a sentence in both languages, which shouts at nobody and uses no jargon', () => {
  for (const [name, say] of Object.entries(en)) expect(say(values), name).not.toMatch(/[а-яё]|undefined|NaN/i)
  for (const [name, say] of Object.entries(ru)) {
    expect(say(values), name).toMatch(/[а-яё]|veche/i)
    expect(say(values), name).not.toMatch(/undefined|NaN/)
  }
  for (const say of [...Object.values(en), ...Object.values(ru)])
    expect(say(values)).not.toMatch(/!|decrypt|epoch|key package|расшифр|эпох/i)
})
