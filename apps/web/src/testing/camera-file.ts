/** What a browser's made-up camera sees: a code as a page has drawn it, held before it on a white sheet. */
import { writeFile } from 'node:fs/promises'
import type { Page } from '@veche/testkit/browsers'

const WIDTH = 640
const HEIGHT = 480
const FRAMES = 2
const LIGHT = 235
const DARK = 16

/** @param file a YUV4MPEG2 video, which Chromium reads anew each time that its camera is opened */
export async function showToCamera(page: Page, file: string): Promise<void> {
  const drawing = page.locator('.qr')
  const [path, box] = await Promise.all([
    drawing.locator('path').getAttribute('d'),
    drawing.getAttribute('viewBox'),
  ])
  await writeFile(file, videoOf(squaresOf(path ?? ''), Number(box?.split(' ')[2])))
}

/** Nothing but the white sheet. */
export async function showNothing(file: string): Promise<void> {
  await writeFile(file, videoOf([], 1))
}

function squaresOf(path: string): readonly (readonly [x: number, y: number])[] {
  return [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)])
}

function videoOf(squares: readonly (readonly [x: number, y: number])[], side: number): Buffer {
  const scale = Math.floor((HEIGHT - 40) / side)
  const [left, top] = [(WIDTH - side * scale) >> 1, (HEIGHT - side * scale) >> 1]
  const luma = Buffer.alloc(WIDTH * HEIGHT, LIGHT)
  for (const [x, y] of squares) {
    for (let row = 0; row < scale; row++) {
      const start = (top + y * scale + row) * WIDTH + left + x * scale
      luma.fill(DARK, start, start + scale)
    }
  }
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma])
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420mpeg2\n`)
  return Buffer.concat([head, ...Array.from({ length: FRAMES }, () => frame)])
}
