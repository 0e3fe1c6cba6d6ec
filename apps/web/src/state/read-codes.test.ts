import encodeQR from 'qr'
import { afterEach, expect, test } from 'vitest'
import { createCodeReader, readPixels } from './read-codes.ts'

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'BarcodeDetector')
})

/** @param scale pixels a square */
function picture(text: string, scale: number) {
  const rows = encodeQR(text, 'raw', { border: 4 })
  const width = rows.length * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (let at = 0; at < width * width; at++) {
    const isDark = rows[Math.floor(at / width / scale)]![Math.floor((at % width) / scale)]!
    if (isDark) data.fill(0, 4 * at, 4 * at + 3)
  }
  return { width, height: width, data }
}

test('A2 a code is read off a picture as it was written, and nothing off a white one', () => {
  const text = 'VECHE-VERIFICATION:1:ABC:DEF'
  for (const scale of [2, 3, 8]) expect(readPixels(picture(text, scale))).toBe(text)
  expect(readPixels({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(255) })).toBe(
    undefined,
  )
})

test('M2 the reader of the browser is used where it reads such codes', async () => {
  const asked: unknown[] = []
  class BarcodeDetector {
    static async getSupportedFormats() {
      return ['aztec', 'qr_code']
    }
    constructor(options: unknown) {
      asked.push(options)
    }
    async detect(video: unknown) {
      return video === 'empty' ? [] : [{ rawValue: 'read' }, { rawValue: 'second' }]
    }
  }
  Object.assign(globalThis, { BarcodeDetector })
  const read = await createCodeReader()
  expect(await read('picture' as unknown as HTMLVideoElement)).toBe('read')
  expect(await read('empty' as unknown as HTMLVideoElement)).toBeUndefined()
  expect(asked).toEqual([{ formats: ['qr_code'] }])
})
