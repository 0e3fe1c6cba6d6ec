/**
 * The one error of every decoder in the project: bytes or text from outside were not what they must be.
 * Its message names the field and the rule, never the value.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}
