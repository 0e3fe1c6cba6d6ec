/** The decoders of MLS structures, from the network and from the disk, and joining with what they give. */

import { MutationTrials } from '@veche/testkit'
import { expect, test } from 'vitest'
import { DECODER_NAMES, makeScene } from '../../packages/mls/src/testing/decoders.ts'

const trials = new MutationTrials(async () => {
  const { decoders } = await makeScene()
  return DECODER_NAMES.map((name) => {
    const { input, error, decode, reencode } = decoders[name]
    return { name, samples: [input], errors: [error], decode, ...(reencode && { encode: reencode }) }
  })
})

test.each(DECODER_NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no decoder is left out', async () => {
  expect(await trials.names()).toEqual(DECODER_NAMES)
})
