export { check, type Operation, type Verdict } from './checker.ts'
