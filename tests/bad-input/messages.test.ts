/**
 * Every message of the contract, of what is stored and of what is signed, through the decode functions that look at its
 * size first. Whatever decodes, decodes from its own encoding to the same; and the canonical decoder takes one spelling.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { type DescFile, type DescMessage, equals, type Message } from '@bufbuild/protobuf'
import { nestedTypes } from '@bufbuild/protobuf/reflect'
import { DecodeError, decodeCanonical, decodeMessage, encodeMessage } from '@veche/protocol'
import { type MutationTarget, MutationTrials, samplesOf } from '@veche/testkit'
import { expect, test } from 'vitest'

const MAX_BYTES = 64 * 1024
const gen = join(import.meta.dirname, '../../packages/protocol/gen')
const files = globSync('**/*_pb.js', { cwd: gen }).sort()

const trials = new MutationTrials(() => Promise.all(files.map(targetOf)))

test.each(files)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no decoder is left out', async () => {
  expect(await trials.names()).toEqual(files)
})

/** The first byte of an input says which message of the file it is. */
async function targetOf(name: string): Promise<MutationTarget> {
  const exported = Object.values((await import(join(gen, name))) as Record<string, DescFile>)
  const file = exported.find((each) => each?.kind === 'file')!
  const schemas = [...nestedTypes(file)].filter((type) => type.kind === 'message')
  const samples = schemas.flatMap((schema, index) =>
    samplesOf(schema).map((sample) => Uint8Array.of(index, ...sample)),
  )
  return {
    name,
    samples,
    errors: [DecodeError],
    decode: (bytes) => {
      const [index] = bytes
      if (index === undefined) throw new DecodeError('of no message')
      const schema = schemas[index % schemas.length]!
      return { index, schema, message: decodeBoth(schema, bytes.subarray(1)) }
    },
    encode: ({ index, schema, message }: { index: number; schema: DescMessage; message: Message }) =>
      Uint8Array.of(index, ...encodeMessage(schema, message)),
  }
}

function decodeBoth(schema: DescMessage, bytes: Uint8Array): Message {
  const message = decodeMessage(schema, bytes, MAX_BYTES)
  const again = decodeMessage(schema, encodeMessage(schema, message), MAX_BYTES * 2)
  if (!equals(schema, message, again))
    throw new Error(`${schema.typeName}: its own encoding decodes to another`)
  return decodeCanonical(schema, bytes, MAX_BYTES)
}
