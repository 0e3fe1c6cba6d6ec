/** A valid message of any schema, with every field set, in its canonical form. */
import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

const MAX_DEPTH = 4
const BYTES = new Uint8Array(16).map((_, index) => index)

/** One for each member of the message's first oneof, where it has any. */
export function samplesOf(schema: DescMessage): Uint8Array[] {
  const choices = schema.oneofs[0]?.fields ?? []
  if (choices.length === 0) return [encode(schema, undefined, 0)]
  return choices.map((choice) => encode(schema, choice, 0))
}

function encode(schema: DescMessage, choice: DescField | undefined, depth: number): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter()
  const chosen = new Set(schema.oneofs.map((oneof) => (choice?.oneof === oneof ? choice : oneof.fields[0])))
  const fields = schema.fields.filter((field) => field.oneof === undefined || chosen.has(field))
  for (const field of fields.sort((a, b) => a.number - b.number)) write(writer, field, depth)
  return Uint8Array.from(writer.finish())
}

function write(writer: BinaryWriter, field: DescField, depth: number): void {
  const { number } = field
  if (field.fieldKind === 'scalar') scalar(writer.tag(number, wireTypeOf(field.scalar)), field.scalar)
  else if (field.fieldKind === 'enum') writer.tag(number, WireType.Varint).int32(lastOf(field.enum.values))
  else if (field.fieldKind === 'list') list(writer, field, depth)
  else if (field.fieldKind === 'message') {
    if (depth < MAX_DEPTH) message(writer, number, field.message, depth)
  } else throw new Error('the contract has no maps') // their order would not be canonical
}

function list(writer: BinaryWriter, field: DescField & { fieldKind: 'list' }, depth: number): void {
  const twice = (act: () => void) => {
    act()
    act()
  }
  if (field.listKind === 'message') {
    if (depth < MAX_DEPTH) twice(() => message(writer, field.number, field.message, depth))
  } else if (field.listKind === 'scalar' && !field.packed) {
    twice(() => scalar(writer.tag(field.number, wireTypeOf(field.scalar)), field.scalar))
  } else {
    writer.tag(field.number, WireType.LengthDelimited).fork()
    twice(() =>
      field.listKind === 'enum' ? writer.int32(lastOf(field.enum.values)) : scalar(writer, field.scalar),
    )
    writer.join()
  }
}

function message(writer: BinaryWriter, number: number, schema: DescMessage, depth: number): void {
  writer.tag(number, WireType.LengthDelimited).bytes(encode(schema, undefined, depth + 1))
}

function lastOf(values: readonly { readonly number: number }[]): number {
  return values.at(-1)?.number ?? 0
}

function wireTypeOf(type: ScalarType): WireType {
  if (type === ScalarType.STRING || type === ScalarType.BYTES) return WireType.LengthDelimited
  if (type === ScalarType.FIXED32 || type === ScalarType.SFIXED32) return WireType.Bit32
  if (type === ScalarType.FIXED64 || type === ScalarType.SFIXED64) return WireType.Bit64
  return WireType.Varint
}

type Write = (writer: BinaryWriter) => BinaryWriter

/** Of every type that the contract has. */
const WRITERS: ReadonlyMap<ScalarType, Write> = new Map<ScalarType, Write>([
  [ScalarType.STRING, (writer) => writer.string('привет')],
  [ScalarType.BYTES, (writer) => writer.bytes(BYTES)],
  [ScalarType.BOOL, (writer) => writer.bool(true)],
  [ScalarType.INT64, (writer) => writer.int64(1_700_000_000_000n)],
  [ScalarType.UINT64, (writer) => writer.uint64(5n)],
  [ScalarType.FIXED64, (writer) => writer.fixed64(5n)],
  [ScalarType.INT32, (writer) => writer.int32(300)],
  [ScalarType.UINT32, (writer) => writer.uint32(300)],
  [ScalarType.FIXED32, (writer) => writer.fixed32(300)],
])

function scalar(writer: BinaryWriter, type: ScalarType): void {
  const write = WRITERS.get(type)
  if (write === undefined) throw new Error(`no sample of type ${ScalarType[type]}`)
  write(writer)
}
