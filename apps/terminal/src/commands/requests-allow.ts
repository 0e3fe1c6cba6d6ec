import { answerRequest } from '../answer-request.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

export function run(context: Context, which: string): Promise<ExitCode> {
  return answerRequest(context, which, 'allow')
}
