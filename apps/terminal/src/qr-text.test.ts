import decodeQR from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrText } from './qr-text.ts'

const contents = [
  'veche-recovery:1:00112233445566778899aabbccddeeff:alice@https://veche.example',
  'рассада',
  'x'.repeat(500),
]
const wide = 200

/** What a camera sees of the characters; `ground` is the colour of an empty cell, where the text brings none. */
function scan(text: string, ground: 'light' | 'dark'): string {
  const scale = 4
  const lines = text.split('\n')
  const width = Math.max(...lines.map((line) => line.length)) * scale
  const height = lines.length * 2 * scale
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = lines[Math.floor(y / scale / 2)]![Math.floor(x / scale)] ?? ' '
      const isUpper = Math.floor(y / scale) % 2 === 0
      const isInk = cell === '█' || cell === (isUpper ? '▀' : '▄')
      const value = isInk === (ground === 'light') ? 0 : 255
      data.set([value, value, value, 255], (y * width + x) * 4)
    }
  }
  return decodeQR({ width, height, data })
}

test('a scanner reads it on a light ground and on a dark one', () => {
  for (const qr of contents) {
    const text = qrText({ qr }, { colours: false, columns: wide })!
    expect(text).toMatch(/^[ ▀▄█\n]+$/)
    for (const ground of ['light', 'dark'] as const) expect(scan(text, ground)).toBe(qr)
  }
})

test('with colours it brings its own ground, line by line, and leaves none behind', () => {
  const [qr = ''] = contents
  const text = qrText({ qr }, { colours: true, columns: wide })!
  const start = '\u001b[38;5;16;48;5;231m'
  const end = '\u001b[0m'
  const plain = text.split('\n').map((line) => {
    expect([line.startsWith(start), line.endsWith(end)]).toEqual([true, true])
    return line.slice(start.length, -end.length)
  })
  expect(plain.join('\n')).toBe(qrText({ qr }, { colours: false, columns: wide }))
})

test('it has its quiet zone, four modules on each side', () => {
  const lines = qrText({ qr: 'x' }, { colours: false, columns: wide })!.split('\n')
  for (const line of lines) expect(line).toMatch(/^ {4}.* {4}$/)
  for (const line of [...lines.slice(0, 2), ...lines.slice(-2)]) expect(line.trim()).toBe('')
})

test('on a surface that is too narrow there is none', () => {
  const qr = 'veche'
  expect(qrText({ qr }, { colours: false, columns: 29 })).toBeDefined()
  expect(qrText({ qr }, { colours: false, columns: 28 })).toBeUndefined()
})
