import xterm from '@xterm/headless'
import { expect, test } from 'vitest'
import { terminalPicture, themes } from './terminal-picture.ts'

test('texts of a picture stand at their cells, whatever a viewer makes of spaces', async () => {
  const terminal = new xterm.Terminal({ cols: 20, rows: 2, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write('  one two   три  \r\n\x1b[7m   \x1b[0m', resolve))
  const picture = terminalPicture(terminal, themes.light, false)
  const texts = [...picture.matchAll(/<text x="([^"]+)" .*?textLength="([^"]+)".*?>(.*?)<\/text>/g)]
  expect(texts.map(([, x, length, text]) => [x, length, text])).toEqual([
    ['28.8', '58.8', 'one two'],
    ['112.8', '25.2', 'три'],
  ])
  expect(picture.match(/<rect [^>]*y="30"[^>]*width="25.2"/g)).toHaveLength(1)
})
