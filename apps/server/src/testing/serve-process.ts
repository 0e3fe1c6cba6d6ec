// What `veche serve` does, without the rest of the terminal command: for tests that start, signal and kill it.
import { serve } from '../serve.ts'

process.exitCode = await serve({
  env: process.env,
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
})
